package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.Admission;
import io.millrace.ingest.CloseReason;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.message.AggregateReader;
import io.millrace.ingest.rtmp.message.AmfValue;
import io.millrace.ingest.rtmp.message.Command;
import io.millrace.ingest.rtmp.message.CommandReader;
import io.millrace.ingest.rtmp.message.CommandWriter;
import io.millrace.ingest.rtmp.message.ControlMessage;
import io.millrace.ingest.rtmp.message.DataReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Decides what a publisher's connection gets for an answer (RTMP 1.0, 7.2; the sequences of OBS,
 * FFmpeg and librtmp). Pure: messages and times in, {@link SessionAction}s out. Confined to one
 * thread.
 */
final class RtmpSession {
  private static final int MAX_STREAMS = 8;
  private static final int LEAST_WINDOW_BYTES = 128 << 10;
  private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);

  /** Says how far the connection is. */
  private enum State {
    HANDSHAKE,
    CONNECTING,
    CONNECTED,
    ADMITTING,
    PUBLISHING,
    CLOSING
  }

  private final SessionConfig config;
  private State state = State.HANDSHAKE;

  /** When the connection began, its handshake ended, or the last publication that it had. */
  private long waitingSinceNs;

  private String app = "";
  private int streams;
  private int publishedStream;

  // What keeps the connection alive.
  private long lastBytesNs;
  private long lastPingNs;
  private long lastMediaNs;

  // Acknowledgements.
  private long windowBytes;
  private long acknowledgedBytes;

  // The limits on commands and on whatever else brings no media.
  private final MessageRate others;
  private long minuteSinceNs;
  private int commands;

  RtmpSession(SessionConfig config, long nowNs) {
    this.config = config;
    this.others = new MessageRate(config.controlMessagesPerSecond(), nowNs);
    this.windowBytes = config.windowBytes();
    this.waitingSinceNs = nowNs;
    this.minuteSinceNs = nowNs;
    this.lastBytesNs = nowNs;
    this.lastPingNs = nowNs;
    this.lastMediaNs = nowNs;
  }

  void handshakeDone(long nowNs) {
    state = State.CONNECTING;
    waitingSinceNs = nowNs;
  }

  /** Bytes came; {@code receivedBytes} counts them since the handshake. */
  List<SessionAction> onBytes(long receivedBytes, long nowNs) {
    lastBytesNs = nowNs;
    if (receivedBytes - acknowledgedBytes < windowBytes) {
      return List.of();
    }
    acknowledgedBytes = receivedBytes;
    return List.of(new SessionAction.Send(ControlMessage.acknowledgement(receivedBytes)));
  }

  List<SessionAction> onMessage(RtmpMessage message, long nowNs) {
    if (state == State.CLOSING) {
      return List.of();
    }
    return switch (message.type()) {
      case MessageType.AUDIO, MessageType.VIDEO -> media(message, nowNs);
      case MessageType.AGGREGATE -> aggregate(message, nowNs);
      case MessageType.DATA_AMF0, MessageType.DATA_AMF3 -> data(message, nowNs);
      case MessageType.COMMAND_AMF0, MessageType.COMMAND_AMF3 -> {
        countCommand(nowNs);
        yield command(CommandReader.read(message, config.amf()), message.streamId(), nowNs);
      }
      case MessageType.USER_CONTROL -> {
        countCommand(nowNs);
        yield userControl(message);
      }
      case MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE -> {
        others.count(0, nowNs);
        // A window of 0 means nothing, a tiny one would cost an answer to every packet.
        ControlMessage.readWindow(message)
            .ifPresent(
                asked ->
                    windowBytes =
                        Math.clamp(asked, LEAST_WINDOW_BYTES, Math.max(1, config.windowBytes())));
        yield List.of();
      }
      default -> {
        others.count(0, nowNs);
        yield List.of();
      }
    };
  }

  /**
   * Audio or video that was told to be passed on brought no sample: counts it, and throws {@link
   * RtmpException} where that is too often.
   */
  void onEmptyMedia(long nowNs) {
    others.count(0, nowNs);
  }

  /** Whether the publisher waits for an answer to what it asked last. */
  boolean isAdmitting() {
    return state == State.ADMITTING;
  }

  List<SessionAction> admitted(String description, long nowNs) {
    state = State.PUBLISHING;
    lastMediaNs = nowNs;
    return List.of(
        new SessionAction.Send(ControlMessage.streamBegin(publishedStream)),
        status("status", "NetStream.Publish.Start", description));
  }

  List<SessionAction> refused(Admission.Reason reason) {
    String code =
        switch (reason) {
          case NO_KEY, UNKNOWN_KEY, CHANNEL_BUSY -> "NetStream.Publish.BadName";
          case NOT_READY, TOO_MANY_PUBLISHERS, SHUTTING_DOWN -> "NetStream.Publish.Denied";
        };
    return refuse(code, "Publishing refused: " + reason.text(), CloseReason.FINISHED);
  }

  /** The stream cannot be delivered; {@code what} tells the person at the encoder why. */
  List<SessionAction> unsupported(String what) {
    return refuse("NetStream.Publish.Rejected", what, CloseReason.UNSUPPORTED);
  }

  /** The ingest closed the publication. */
  List<SessionAction> closedByIngest(CloseReason reason) {
    String code =
        switch (reason) {
          case TAKEN_OVER -> "NetStream.Publish.BadName";
          case KEY_REVOKED -> "NetStream.Publish.Denied";
          case FINISHED, DISCONNECTED, TIMED_OUT, PROTOCOL_ERROR, UNSUPPORTED, ENDED, SHUT_DOWN ->
              "NetStream.Failed";
        };
    String why =
        switch (reason) {
          case TAKEN_OVER -> "a newer session publishes this channel";
          case KEY_REVOKED -> "the stream key is no longer valid";
          case ENDED -> "the broadcast was ended";
          case SHUT_DOWN -> "the server stops";
          case FINISHED, DISCONNECTED, TIMED_OUT, PROTOCOL_ERROR, UNSUPPORTED -> reason.text();
        };
    return refuse(code, "Publishing ended: " + why, reason);
  }

  /**
   * Does what is due.
   *
   * @param reading whether the connection is being read; silence counts only then
   */
  List<SessionAction> onTimer(boolean reading, long nowNs) {
    if (!reading) {
      lastBytesNs = nowNs;
      lastMediaNs = nowNs;
    }
    Optional<Limit> passed = passed(nowNs);
    if (passed.isPresent()) {
      state = State.CLOSING;
      return List.of(new SessionAction.TimeOut(passed.get()));
    }
    long pingNs = config.pingAfter().toNanos();
    boolean quiet = since(lastBytesNs, nowNs) >= pingNs && since(lastPingNs, nowNs) >= pingNs;
    if (quiet && state == State.PUBLISHING) {
      lastPingNs = nowNs;
      return List.of(new SessionAction.Send(ControlMessage.pingRequest((int) (nowNs / 1_000_000))));
    }
    return List.of();
  }

  /** What the connection has taken too long for. */
  private Optional<Limit> passed(long nowNs) {
    long waitedNs = since(waitingSinceNs, nowNs);
    Optional<Limit> ofState =
        switch (state) {
          case HANDSHAKE -> passed(waitedNs, config.handshakeTimeout(), Limit.HANDSHAKE_TIMEOUT);
          case CONNECTING, CONNECTED, ADMITTING ->
              passed(waitedNs, config.publishTimeout(), Limit.PUBLISH_TIMEOUT);
          case PUBLISHING ->
              passed(since(lastMediaNs, nowNs), config.mediaTimeout(), Limit.MEDIA_TIMEOUT);
          case CLOSING -> Optional.empty();
        };
    return ofState.or(
        () -> passed(since(lastBytesNs, nowNs), config.idleTimeout(), Limit.IDLE_TIMEOUT));
  }

  private static Optional<Limit> passed(long ns, Duration most, Limit limit) {
    return ns > most.toNanos() ? Optional.of(limit) : Optional.empty();
  }

  private List<SessionAction> media(RtmpMessage message, long nowNs) {
    boolean ours = message.streamId() == publishedStream || message.streamId() == 0;
    if (state != State.PUBLISHING || !ours) {
      others.count(0, nowNs);
      return List.of();
    }
    lastMediaNs = nowNs;
    return List.of(new SessionAction.Media(message));
  }

  private List<SessionAction> aggregate(RtmpMessage message, long nowNs) {
    others.count(0, nowNs);
    if (state != State.PUBLISHING) {
      return List.of();
    }
    List<SessionAction> actions = new ArrayList<>();
    for (RtmpMessage inner : AggregateReader.read(message)) {
      if (inner.type() == MessageType.AUDIO || inner.type() == MessageType.VIDEO) {
        actions.addAll(media(inner, nowNs));
      } else {
        others.count(0, nowNs);
      }
    }
    return actions;
  }

  private List<SessionAction> data(RtmpMessage message, long nowNs) {
    boolean read = state == State.PUBLISHING;
    others.count(read ? message.payload().length() : 0, nowNs);
    if (!read) {
      return List.of();
    }
    return DataReader.metadata(message, config.amf())
        .flatMap(properties -> properties.text("encoder"))
        .<List<SessionAction>>map(name -> List.of(new SessionAction.Encoder(name)))
        .orElse(List.of());
  }

  private List<SessionAction> userControl(RtmpMessage message) {
    var asked = ControlMessage.readPingRequest(message);
    return asked.isPresent()
        ? List.of(new SessionAction.Send(ControlMessage.pingResponse(asked.getAsInt())))
        : List.of();
  }

  private List<SessionAction> command(Command command, int streamId, long nowNs) {
    if (state == State.CONNECTING && !(command instanceof Command.Connect)) {
      throw new RtmpException(
          RtmpException.Code.COMMAND, "command: before connect (expected: connect first)");
    }
    return switch (command) {
      case Command.Connect connect -> connect(connect);
      case Command.ReleaseStream(double transaction, var _) -> answer(transaction);
      case Command.FcPublish(double transaction, var _) ->
          List.of(
              new SessionAction.Send(CommandWriter.onFcPublish(transaction, "Ready for publish.")));
      case Command.CreateStream(double transaction) -> createStream(transaction);
      case Command.Publish publish -> publish(publish, streamId);
      case Command.FcUnpublish(double transaction, var _) -> finish(transaction, nowNs);
      case Command.DeleteStream(var _, int stream) ->
          stream == publishedStream ? finish(0, nowNs) : List.of();
      case Command.CloseStream _ -> streamId == publishedStream ? finish(0, nowNs) : List.of();
      case Command.CheckBandwidth(double transaction) -> answer(transaction);
      case Command.Play _ -> refusePlay(streamId);
      case Command.Unknown(double transaction, String name) -> unknown(transaction, name);
    };
  }

  private List<SessionAction> connect(Command.Connect connect) {
    if (state != State.CONNECTING) {
      throw new RtmpException(RtmpException.Code.COMMAND, "connect: again (expected: once)");
    }
    app = connect.app();
    state = State.CONNECTED;
    return List.of(
        new SessionAction.Send(ControlMessage.windowAcknowledgementSize(config.windowBytes())),
        new SessionAction.Send(ControlMessage.setPeerBandwidth(config.windowBytes())),
        // ffmpeg sends chunks of 128 bytes until it is told otherwise, then adopts our size.
        new SessionAction.Send(ControlMessage.setChunkSize(config.chunkSizeBytes())),
        new SessionAction.Send(CommandWriter.connected(connect.transaction())));
  }

  private List<SessionAction> createStream(double transaction) {
    if (streams == MAX_STREAMS) {
      return List.of(
          new SessionAction.Send(
              CommandWriter.error(
                  transaction, "NetConnection.Call.Failed", "Too many streams on a connection")));
    }
    streams++;
    return List.of(
        new SessionAction.Send(
            CommandWriter.result(transaction, AmfValue.NULL, new AmfValue.Num(streams))));
  }

  private List<SessionAction> publish(Command.Publish publish, int streamId) {
    if (state != State.CONNECTED) {
      return List.of(
          new SessionAction.Send(
              CommandWriter.onStatus(
                  streamId,
                  "error",
                  "NetStream.Publish.BadName",
                  "This connection publishes a stream already")));
    }
    publishedStream = streamId;
    state = State.ADMITTING;
    return List.of(new SessionAction.Admit(StreamKeyFinder.find(app, publish.name())));
  }

  private List<SessionAction> finish(double transaction, long nowNs) {
    List<SessionAction> actions = new ArrayList<>(answer(transaction));
    if (state == State.ADMITTING) {
      // The clock goes on: otherwise a connection could ask for ever, and never publish.
      state = State.CONNECTED;
    } else if (state == State.PUBLISHING) {
      state = State.CONNECTED;
      waitingSinceNs = nowNs;
      actions.add(new SessionAction.Finish());
      actions.add(status("status", "NetStream.Unpublish.Success", "The stream ended."));
    }
    return actions;
  }

  private List<SessionAction> refusePlay(int streamId) {
    publishedStream = streamId;
    return refuse(
        "NetStream.Play.Failed",
        "This server takes streams; watch them over HTTP",
        CloseReason.FINISHED);
  }

  private static List<SessionAction> unknown(double transaction, String name) {
    boolean answered = name.equals("_result") || name.equals("_error") || name.equals("onStatus");
    return transaction > 0 && !answered
        ? List.of(
            new SessionAction.Send(
                CommandWriter.error(
                    transaction, "NetConnection.Call.Failed", "This server has no such method")))
        : List.of();
  }

  private static List<SessionAction> answer(double transaction) {
    return transaction > 0
        ? List.of(
            new SessionAction.Send(
                CommandWriter.result(transaction, AmfValue.NULL, AmfValue.UNDEFINED)))
        : List.of();
  }

  private List<SessionAction> refuse(String code, String description, CloseReason reason) {
    List<SessionAction> actions = new ArrayList<>();
    actions.add(status("error", code, description));
    actions.add(new SessionAction.Close(reason));
    state = State.CLOSING;
    return actions;
  }

  private SessionAction status(String level, String code, String description) {
    return new SessionAction.Send(
        CommandWriter.onStatus(publishedStream, level, code, description));
  }

  private void countCommand(long nowNs) {
    if (nowNs - minuteSinceNs >= MINUTE_NS) {
      minuteSinceNs = nowNs;
      commands = 0;
    }
    if (++commands > config.commandsPerMinute()) {
      throw RtmpException.beyond(
          Limit.COMMANDS, "commands in a minute", commands, config.commandsPerMinute());
    }
  }

  private static long since(long thenNs, long nowNs) {
    return nowNs - thenNs;
  }
}
