package io.millrace.fabric.wire;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.ControlMessage.Answer;
import io.millrace.fabric.wire.sbe.AnnouncedDecoder;
import io.millrace.fabric.wire.sbe.AnswerCode;
import io.millrace.fabric.wire.sbe.CheckpointDecoder;
import io.millrace.fabric.wire.sbe.EntryHeaderDecoder;
import io.millrace.fabric.wire.sbe.FeedCode;
import io.millrace.fabric.wire.sbe.FetchDecoder;
import io.millrace.fabric.wire.sbe.FollowDecoder;
import io.millrace.fabric.wire.sbe.GoodbyeDecoder;
import io.millrace.fabric.wire.sbe.HeartbeatDecoder;
import io.millrace.fabric.wire.sbe.HelloAnswerDecoder;
import io.millrace.fabric.wire.sbe.HelloDecoder;
import io.millrace.fabric.wire.sbe.KeepCheckpointDecoder;
import io.millrace.fabric.wire.sbe.PartDecoder;
import io.millrace.fabric.wire.sbe.PartUnavailableDecoder;
import io.millrace.fabric.wire.sbe.SnapshotBegunDecoder;
import io.millrace.fabric.wire.sbe.SnapshotEndedDecoder;
import io.millrace.fabric.wire.sbe.UnfollowDecoder;
import io.millrace.fabric.wire.sbe.WithdrawnDecoder;
import io.millrace.media.Bytes;
import io.millrace.media.channel.Fence;
import io.millrace.media.input.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/** Reads one message at a time. Confined to one thread. */
public final class WireReader {
  private static final int MOST_STREAMS = 255; // as many as a hello can ask for

  private final MessageFrame frame = new MessageFrame();

  /**
   * Reads a message of a feed; null where its template is not one, so that it is skipped.
   *
   * @param shared whether the bytes stay as they are for ever; values then refer to them instead of
   *     copying
   * @throws WireException where the bytes are malformed
   */
  public @Nullable FeedMessage feed(DirectBuffer source, int offset, int length, boolean shared) {
    try {
      frame.wrap(source, offset, length, shared);
      return switch (frame.templateId()) {
        case AnnouncedDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new AnnouncedDecoder());
          yield new FeedMessage.Announced(Fields.channel(in.channel()), feed(in.feed()));
        }
        case WithdrawnDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new WithdrawnDecoder());
          yield new FeedMessage.Withdrawn(Fields.channel(in.channel()), feed(in.feed()));
        }
        case SnapshotBegunDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new SnapshotBegunDecoder());
          yield new FeedMessage.SnapshotBegun(Fields.channel(in.channel()), feed(in.feed()));
        }
        case SnapshotEndedDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new SnapshotEndedDecoder());
          yield new FeedMessage.SnapshotEnded(
              Fields.channel(in.channel()), feed(in.feed()), in.lastNumber());
        }
        case PartDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new PartDecoder());
          yield new FeedMessage.Part(
              Fields.channel(in.channel()),
              new Fence(in.placement(), in.epoch()),
              Fields.key(in.key()),
              frame.bytesAt(in.limit()));
        }
        case CheckpointDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new CheckpointDecoder());
          yield new FeedMessage.InputCheckpoint(
              Fields.channel(in.entry()), checkpoint(in.entry(), frame.bytesAt(in.limit())));
        }
        case PartUnavailableDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new PartUnavailableDecoder());
          yield new FeedMessage.PartUnavailable(Fields.channel(in.channel()), Fields.key(in.key()));
        }
        default -> {
          FeedMessage input = InputRecords.read(frame);
          yield input != null ? input : IndexRecords.read(frame);
        }
      };
    } catch (IndexOutOfBoundsException e) {
      throw new WireException(WireException.Reason.TRUNCATED, "message ends too early", e);
    } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
      throw new WireException(WireException.Reason.VALUE, "message with a value: " + e, e);
    }
  }

  /**
   * Reads a message about a link; null where its template is not one, so that it is skipped.
   *
   * @throws WireException where the bytes are malformed
   */
  public @Nullable ControlMessage control(DirectBuffer source, int offset, int length) {
    try {
      frame.wrap(source, offset, length, false);
      return switch (frame.templateId()) {
        case HelloDecoder.TEMPLATE_ID -> hello(frame.decode(new HelloDecoder()));
        case HelloAnswerDecoder.TEMPLATE_ID -> answer(frame.decode(new HelloAnswerDecoder()));
        case HeartbeatDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new HeartbeatDecoder());
          yield new ControlMessage.Heartbeat(
              in.link(), in.node(), in.sentUtcNs(), in.heardUtcNs(), in.heldNs());
        }
        case GoodbyeDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new GoodbyeDecoder());
          yield new ControlMessage.Goodbye(in.link(), in.node());
        }
        case FollowDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new FollowDecoder());
          yield new ControlMessage.Follow(in.link(), Fields.channel(in.channel()), in.fromNumber());
        }
        case UnfollowDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new UnfollowDecoder());
          yield new ControlMessage.Unfollow(in.link(), Fields.channel(in.channel()));
        }
        case FetchDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new FetchDecoder());
          yield new ControlMessage.Fetch(
              in.link(), Fields.channel(in.channel()), Fields.key(in.key()));
        }
        case KeepCheckpointDecoder.TEMPLATE_ID -> {
          var in = frame.decode(new KeepCheckpointDecoder());
          yield new ControlMessage.KeepCheckpoint(
              in.link(),
              Fields.channel(in.entry()),
              checkpoint(in.entry(), frame.bytesAt(in.limit())));
        }
        default -> null;
      };
    } catch (IndexOutOfBoundsException e) {
      throw new WireException(WireException.Reason.TRUNCATED, "message ends too early", e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new WireException(WireException.Reason.VALUE, "message with a value: " + e, e);
    }
  }

  private static Checkpoint checkpoint(EntryHeaderDecoder in, Bytes state) {
    return new Checkpoint(in.number(), Fields.fence(in), state);
  }

  private static ControlMessage.Hello hello(HelloDecoder in) {
    return new ControlMessage.Hello(
        in.link(),
        in.node(),
        in.leastVersion(),
        in.mostVersion(),
        feed(in.feed()),
        in.firstStream(),
        in.mediaStreams(),
        in.returnEndpoint());
  }

  private static ControlMessage.HelloAnswer answer(HelloAnswerDecoder in) {
    long link = in.link();
    long node = in.node();
    Answer answer = answer(in.answer());
    int version = in.version();
    List<Integer> sessions = new ArrayList<>();
    HelloAnswerDecoder.StreamsDecoder streams = in.streams();
    Fields.requireGroup(
        "streams",
        streams.count(),
        MOST_STREAMS,
        streams.actingBlockLength(),
        HelloAnswerDecoder.StreamsDecoder.sbeBlockLength());
    for (HelloAnswerDecoder.StreamsDecoder stream : streams) {
      sessions.add(stream.session());
    }
    return new ControlMessage.HelloAnswer(link, node, answer, version, sessions);
  }

  private static Answer answer(AnswerCode code) {
    return switch (code) {
      case ACCEPTED -> Answer.ACCEPTED;
      case VERSION_NOT_SPOKEN -> Answer.VERSION_NOT_SPOKEN;
      case FEED_NOT_SERVED -> Answer.FEED_NOT_SERVED;
      case TOO_MANY_LINKS -> Answer.TOO_MANY_LINKS;
      case NULL_VAL -> throw new WireException(WireException.Reason.VALUE, "answer: not set");
    };
  }

  private static Feed feed(FeedCode code) {
    return switch (code) {
      case INPUT -> Feed.INPUT;
      case PACKAGED -> Feed.PACKAGED;
      case WINDOW -> Feed.WINDOW;
      case NULL_VAL -> throw new WireException(WireException.Reason.VALUE, "feed: not set");
    };
  }
}
