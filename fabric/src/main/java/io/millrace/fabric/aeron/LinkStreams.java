package io.millrace.fabric.aeron;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the Aeron streams of a receiving end: one to the node that it calls, one for what that node
 * says of the link, and those for media. They outlive the links that come and go on them. Confined
 * to the agent thread.
 */
final class LinkStreams {
  private final AgentContext context;
  private final @Nullable InetSocketAddress address;
  private final int firstStream;
  private final FragmentHandler onNothing = (buffer, offset, length, header) -> {};

  private String returnEndpoint = "";
  private @Nullable PublicationLane out;
  private @Nullable Subscription controlIn;
  private final List<Subscription> mediaIn = new ArrayList<>();

  /**
   * Reserves the streams' numbers.
   *
   * @param address of the peer; null: shared memory
   */
  LinkStreams(AgentContext context, @Nullable InetSocketAddress address) {
    this.context = context;
    this.address = address;
    this.firstStream = context.reserveStreams();
  }

  int firstStream() {
    return firstStream;
  }

  /** Where the peer sends to; empty for shared memory. */
  String returnEndpoint() {
    return returnEndpoint;
  }

  int mediaStreams() {
    return mediaIn.size();
  }

  boolean isOpen() {
    return out != null;
  }

  /** The way to the peer; while the streams are open only. */
  PublicationLane out() {
    if (out == null) {
      throw new IllegalStateException("streams: closed (expected: open)");
    }
    return out;
  }

  /** Opens them all, or none: throws what Aeron throws. */
  void open() {
    try {
      openStreams();
    } catch (RuntimeException e) {
      close();
      context.channels().dropReceivingPort();
      throw e;
    }
  }

  private void openStreams() {
    Aeron aeron = context.aeron();
    String receiving = address == null ? "aeron:ipc" : context.channels().receiving();
    returnEndpoint = address == null ? "" : context.channels().returnEndpoint(address);
    for (int i = 1; i <= context.config().streams().mediaStreams(); i++) {
      mediaIn.add(aeron.addSubscription(receiving, firstStream + i));
    }
    controlIn = aeron.addSubscription(receiving, firstStream);
    out =
        new PublicationLane(
            aeron.addExclusivePublication(
                context.channels().controlTo(address), Channels.LISTENING_STREAM));
  }

  int pollControl(FragmentHandler handler, int fragments) {
    return controlIn == null ? 0 : controlIn.poll(handler, fragments);
  }

  /** The images with these sessions, in the streams' order; empty until all are there. */
  Optional<List<Image>> images(List<Integer> sessions) {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < mediaIn.size(); i++) {
      Image image = mediaIn.get(i).imageBySessionId(sessions.get(i));
      if (image == null) {
        return Optional.empty();
      }
      images.add(image);
    }
    return Optional.of(images);
  }

  /**
   * Empties streams of links that are over, so that their senders can let go of them.
   *
   * @param current the media streams of the link that is not over
   */
  int discardOld(List<MediaStream> current, int fragments) {
    int discarded = 0;
    for (int i = 0; i < mediaIn.size(); i++) {
      Subscription subscription = mediaIn.get(i);
      if (subscription.imageCount() > 1) {
        for (Image image : subscription.images()) {
          if (image.sessionId() != current.get(i).session()) {
            discarded += image.poll(onNothing, fragments);
          }
        }
      }
    }
    return discarded;
  }

  void close() {
    if (out != null) {
      out.close();
    }
    if (controlIn != null) {
      controlIn.close();
    }
    mediaIn.forEach(Subscription::close);
    mediaIn.clear();
    controlIn = null;
    out = null;
  }
}
