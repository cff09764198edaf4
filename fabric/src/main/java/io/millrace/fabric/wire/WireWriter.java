package io.millrace.fabric.wire;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.sbe.AnnouncedEncoder;
import io.millrace.fabric.wire.sbe.AnswerCode;
import io.millrace.fabric.wire.sbe.CheckpointEncoder;
import io.millrace.fabric.wire.sbe.FeedCode;
import io.millrace.fabric.wire.sbe.FetchEncoder;
import io.millrace.fabric.wire.sbe.FollowEncoder;
import io.millrace.fabric.wire.sbe.GoodbyeEncoder;
import io.millrace.fabric.wire.sbe.HeartbeatEncoder;
import io.millrace.fabric.wire.sbe.HelloAnswerEncoder;
import io.millrace.fabric.wire.sbe.HelloEncoder;
import io.millrace.fabric.wire.sbe.KeepCheckpointEncoder;
import io.millrace.fabric.wire.sbe.MessageHeaderEncoder;
import io.millrace.fabric.wire.sbe.PartEncoder;
import io.millrace.fabric.wire.sbe.PartUnavailableEncoder;
import io.millrace.fabric.wire.sbe.SnapshotBegunEncoder;
import io.millrace.fabric.wire.sbe.SnapshotEndedEncoder;
import io.millrace.fabric.wire.sbe.UnfollowEncoder;
import io.millrace.fabric.wire.sbe.WithdrawnEncoder;
import io.millrace.media.input.Checkpoint;
import org.agrona.ExpandableArrayBuffer;

/**
 * Writes one message at a time into a buffer of its own, which grows as needed. Confined to one
 * thread.
 */
public final class WireWriter {
  private static final int USUAL_CAPACITY = 256 * 1024;

  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();

  /** Holds the message last written, from index 0 on. */
  public ExpandableArrayBuffer buffer() {
    return buffer;
  }

  /** Gives back what an unusually long message has taken. */
  public void trim() {
    if (buffer.capacity() > USUAL_CAPACITY) {
      buffer = new ExpandableArrayBuffer();
    }
  }

  /**
   * Writes a message and returns its length.
   *
   * @throws WireException where the schema cannot carry a value
   */
  public int write(FeedMessage message) {
    try {
      return finish(
          switch (message) {
            case FeedMessage.Announced m -> {
              var out = new AnnouncedEncoder().wrapAndApplyHeader(buffer, 0, header);
              Fields.put(out.channel(), m.channel());
              yield out.feed(code(m.feed())).limit();
            }
            case FeedMessage.Withdrawn m -> {
              var out = new WithdrawnEncoder().wrapAndApplyHeader(buffer, 0, header);
              Fields.put(out.channel(), m.channel());
              yield out.feed(code(m.feed())).limit();
            }
            case FeedMessage.SnapshotBegun m -> {
              var out = new SnapshotBegunEncoder().wrapAndApplyHeader(buffer, 0, header);
              Fields.put(out.channel(), m.channel());
              yield out.feed(code(m.feed())).limit();
            }
            case FeedMessage.SnapshotEnded m -> {
              var out = new SnapshotEndedEncoder().wrapAndApplyHeader(buffer, 0, header);
              Fields.put(out.channel(), m.channel());
              yield out.feed(code(m.feed())).lastNumber(m.lastNumber()).limit();
            }
            case FeedMessage.InputCheckpoint m -> {
              var out = new CheckpointEncoder().wrapAndApplyHeader(buffer, 0, header);
              Checkpoint checkpoint = m.checkpoint();
              Fields.put(out.entry(), m.channel(), checkpoint.number(), checkpoint.fence());
              yield Fields.putBytes(buffer, out.limit(), checkpoint.state());
            }
            case FeedMessage.Input m -> InputRecords.write(buffer, header, m.channel(), m.entry());
            case FeedMessage.Index m -> IndexRecords.write(buffer, header, m.channel(), m.entry());
            case FeedMessage.Part m -> part(m);
            case FeedMessage.PartUnavailable m -> {
              var out = new PartUnavailableEncoder().wrapAndApplyHeader(buffer, 0, header);
              Fields.put(out.channel(), m.channel());
              Fields.put(out.key(), m.key());
              yield out.limit();
            }
          });
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new WireException(WireException.Reason.VALUE, "not to be written: " + e, e);
    }
  }

  private int part(FeedMessage.Part message) {
    var out = new PartEncoder().wrapAndApplyHeader(buffer, 0, header);
    Fields.put(out.channel(), message.channel());
    out.placement(message.fence().placement()).epoch(message.fence().epoch());
    Fields.put(out.key(), message.key());
    return Fields.putBytes(buffer, out.limit(), message.data());
  }

  /** Writes a message and returns its length. */
  public int write(ControlMessage message) {
    try {
      return finish(
          switch (message) {
            case ControlMessage.Hello m -> hello(m);
            case ControlMessage.HelloAnswer m -> answer(m);
            case ControlMessage.Heartbeat m ->
                new HeartbeatEncoder()
                    .wrapAndApplyHeader(buffer, 0, header)
                    .link(m.link())
                    .node(m.node())
                    .sentUtcNs(m.sentUtcNs())
                    .heardUtcNs(m.heardUtcNs())
                    .heldNs(m.heldNs())
                    .limit();
            case ControlMessage.Goodbye m ->
                new GoodbyeEncoder()
                    .wrapAndApplyHeader(buffer, 0, header)
                    .link(m.link())
                    .node(m.node())
                    .limit();
            case ControlMessage.Follow m -> {
              var out = new FollowEncoder().wrapAndApplyHeader(buffer, 0, header).link(m.link());
              Fields.put(out.channel(), m.channel());
              yield out.fromNumber(m.fromNumber()).limit();
            }
            case ControlMessage.Unfollow m -> {
              var out = new UnfollowEncoder().wrapAndApplyHeader(buffer, 0, header).link(m.link());
              Fields.put(out.channel(), m.channel());
              yield out.limit();
            }
            case ControlMessage.Fetch m -> {
              var out = new FetchEncoder().wrapAndApplyHeader(buffer, 0, header).link(m.link());
              Fields.put(out.channel(), m.channel());
              Fields.put(out.key(), m.key());
              yield out.limit();
            }
            case ControlMessage.KeepCheckpoint m -> {
              var out = new KeepCheckpointEncoder().wrapAndApplyHeader(buffer, 0, header);
              Checkpoint checkpoint = m.checkpoint();
              out.link(m.link());
              Fields.put(out.entry(), m.channel(), checkpoint.number(), checkpoint.fence());
              yield Fields.putBytes(buffer, out.limit(), checkpoint.state());
            }
          });
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new WireException(WireException.Reason.VALUE, "not to be written: " + e, e);
    }
  }

  private int hello(ControlMessage.Hello message) {
    return new HelloEncoder()
        .wrapAndApplyHeader(buffer, 0, header)
        .link(message.link())
        .node(message.node())
        .leastVersion(message.leastVersion())
        .mostVersion(message.mostVersion())
        .feed(code(message.feed()))
        .firstStream(message.firstStream())
        .mediaStreams((short) message.mediaStreams())
        .returnEndpoint(message.returnEndpoint())
        .limit();
  }

  private int answer(ControlMessage.HelloAnswer message) {
    var out =
        new HelloAnswerEncoder()
            .wrapAndApplyHeader(buffer, 0, header)
            .link(message.link())
            .node(message.node())
            .answer(
                switch (message.answer()) {
                  case ACCEPTED -> AnswerCode.ACCEPTED;
                  case VERSION_NOT_SPOKEN -> AnswerCode.VERSION_NOT_SPOKEN;
                  case FEED_NOT_SERVED -> AnswerCode.FEED_NOT_SERVED;
                  case TOO_MANY_LINKS -> AnswerCode.TOO_MANY_LINKS;
                })
            .version(message.version());
    var streams = out.streamsCount(message.sessions().size());
    for (int session : message.sessions()) {
      streams.next().session(session);
    }
    return out.limit();
  }

  private int finish(int length) {
    header.wrap(buffer, 0).length(length);
    return length;
  }

  static FeedCode code(Feed feed) {
    return switch (feed) {
      case INPUT -> FeedCode.INPUT;
      case PACKAGED -> FeedCode.PACKAGED;
      case WINDOW -> FeedCode.WINDOW;
    };
  }
}
