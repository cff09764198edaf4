package io.millrace.server.settings;

import static io.millrace.server.settings.SettingType.duration;
import static io.millrace.server.settings.SettingType.sizeOrZero;
import static io.millrace.server.settings.SettingType.wholeNumber;

import io.millrace.server.settings.Setting.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Names the limits: what peers may cost, one setting for each. All of them need a restart. */
public final class Limits {
  private static final List<Setting<?>> DEFINED = new ArrayList<>();
  private static final int MOST = 10_000_000;
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long MOST_BYTES = 1_024 * GIB;

  /** What the 24 bits of an RTMP message's length can say. */
  private static final long MOST_MESSAGE_BYTES = 0xFFFFFF;

  private static final Duration INSTANT = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  // Encoders.

  public static final Setting<Integer> RTMP_CONNECTIONS =
      count("rtmp.max-connections", 1, MOST, 2_000, "RTMP connections at a time.");
  public static final Setting<Integer> RTMP_CONNECTIONS_PER_ADDRESS =
      count(
          "rtmp.max-connections-per-address",
          1,
          MOST,
          500,
          "RTMP connections from one address at a time, of IPv6 from one /64 prefix.");
  public static final Setting<Long> RTMP_MEDIA_BYTES =
      size(
          "rtmp.max-media-bytes",
          1,
          MOST_MESSAGE_BYTES,
          "8MiB",
          "An audio, video or aggregate message of a publisher; before it is one, as any other.");
  public static final Setting<Long> RTMP_OTHER_BYTES =
      size("rtmp.max-other-bytes", 1, MOST_MESSAGE_BYTES, "256KiB", "Any other message.");
  public static final Setting<Integer> RTMP_PARTIAL_MESSAGES =
      count(
          "rtmp.max-partial-messages",
          1,
          65_599,
          16,
          "Messages of one connection that have begun and not ended.");
  public static final Setting<Long> RTMP_PARTIAL_BYTES =
      size(
          "rtmp.max-partial-bytes",
          1,
          GIB,
          "16MiB",
          "What those hold together, or rtmp.max-media-bytes where that is more; before it"
              + " publishes, no more than two of rtmp.max-other-bytes.");
  public static final Setting<Long> RTMP_ALL_PARTIAL_BYTES =
      memory(
          "rtmp.max-all-partial-bytes",
          "What those of all connections hold together, of connections that do not publish half of"
              + " it; whoever wants more is closed. 0: 256MiB, or an eighth of the heap.");
  public static final Setting<Integer> RTMP_CHUNK_STREAMS =
      count("rtmp.max-chunk-streams", 1, 65_599, 64, "Chunk streams of one connection.");
  public static final Setting<Integer> RTMP_COMMANDS =
      count(
          "rtmp.commands-per-minute",
          16,
          1_000_000,
          600,
          "Commands and pings that one connection may send in a minute.");
  public static final Setting<Integer> RTMP_CONTROL_MESSAGES =
      count(
          "rtmp.max-control-messages-per-second",
          10,
          1_000_000,
          200,
          "Messages of one connection that bring no media and are no commands in a second, and five"
              + " times as many at once: acknowledgements, empty sound and pictures, metadata, of"
              + " which each KiB is one more.");
  public static final Setting<Integer> RTMP_CONFIGURATIONS =
      count(
          "rtmp.configurations-per-minute",
          10,
          1_000_000,
          120,
          "Configurations of tracks that a channel's publishers may send in a minute, one after the"
              + " other; with more one is refused.");
  public static final Setting<Integer> RTMP_AMF_DEPTH =
      count(
          "rtmp.max-amf-depth",
          1,
          256,
          16,
          "Objects and arrays within each other in a command or metadata.");
  public static final Setting<Integer> RTMP_AMF_VALUES =
      count("rtmp.max-amf-values", 1, 1_000_000, 4_096, "Values in a command or metadata.");
  public static final Setting<Long> RTMP_AMF_TEXT_BYTES =
      size(
          "rtmp.max-amf-text-bytes",
          1,
          MOST_MESSAGE_BYTES,
          "64KiB",
          "One text in a command or metadata.");
  public static final Setting<Duration> RTMP_HANDSHAKE_TIMEOUT =
      time("rtmp.handshake-timeout", "5s", "From the connection to the end of the handshake.");
  public static final Setting<Duration> RTMP_PUBLISH_TIMEOUT =
      time(
          "rtmp.publish-timeout",
          "10s",
          "From the handshake, or the end of a publication, to an accepted publish command.");
  public static final Setting<Duration> RTMP_KEY_TIMEOUT =
      time(
          "rtmp.key-timeout",
          Duration.ZERO,
          HOUR,
          "2s",
          "How long an unknown stream key is looked for before it is refused: that of a channel"
              + " just made comes a moment later.");
  public static final Setting<Duration> RTMP_MEDIA_TIMEOUT =
      time("rtmp.media-timeout", "30s", "How long a publisher may send neither sound nor picture.");
  public static final Setting<Duration> RTMP_IDLE_TIMEOUT =
      time(
          "rtmp.idle-timeout",
          Duration.ofMillis(5_001),
          HOUR,
          "15s",
          "How long a connection may send nothing; after 5s it is pinged.");
  public static final Setting<Integer> INGEST_PUBLISHERS =
      count("ingest.max-publishers", 1, MOST, 1_000, "Publishers at a time.");
  public static final Setting<Integer> INGEST_TRACKS =
      count(
          "ingest.max-tracks",
          1,
          1_000,
          32,
          "Tracks of one channel; RTMP has one of video and eight of audio.");
  public static final Setting<Long> INGEST_BYTES_PER_SECOND =
      size(
          "ingest.max-bytes-per-second",
          64 * KIB,
          GIB,
          "12MiB",
          "Media of a channel's publishers in a second, each sample 1KiB more than it is, and twice"
              + " as much at once; who sends more is read more slowly. 12MiB are 100 Mbit/s.");
  public static final Setting<Long> INGEST_QUEUE_BYTES =
      size(
          "ingest.queue-bytes",
          64 * KIB,
          GIB,
          "8MiB",
          "Samples of one publisher that may wait; beyond it is not read, beyond twice as many are"
              + " dropped up to the next keyframe.");
  public static final Setting<Long> INGEST_HISTORY_BYTES =
      size(
          "ingest.history-bytes",
          64 * KIB,
          GIB,
          "16MiB",
          "Samples of one channel kept for sending again.");
  public static final Setting<Long> INGEST_ALL_HISTORY_BYTES =
      memory(
          "ingest.max-all-history-bytes",
          "Those of all channels; beyond it, each keeps an equal share. 0: an eighth of the heap.");
  public static final Setting<Integer> PACKAGER_CHANNELS =
      count("packager.max-channels", 1, 100_000, 500, "Channels packaged at a time.");
  public static final Setting<Long> PACKAGER_HISTORY_BYTES =
      size(
          "packager.history-bytes",
          MIB,
          MOST_BYTES,
          "64MiB",
          "Parts of one channel kept for late joiners.");
  public static final Setting<Long> PACKAGER_ALL_HISTORY_BYTES =
      memory(
          "packager.max-all-history-bytes",
          "Those of all channels; beyond it, each keeps an equal share. 0: a quarter of the heap.");
  public static final Setting<Integer> ORIGIN_CHANNELS =
      count("origin.max-channels", 1, MOST, 1_000, "Channels that the origin holds at a time.");
  public static final Setting<Long> ORIGIN_MEMORY =
      memory(
          "origin.memory",
          "Parts that the origin holds; beyond it rewind is shortened. 0: 1GiB, or a third of what"
              + " the JVM may use.");

  // Viewers.

  public static final Setting<Integer> WINDOW_FILES =
      count(
          "window.max-files",
          1,
          MOST,
          8_192,
          "Memory files of origin or edge that are open, one for each segment of a rendition, and a"
              + " sixteenth of the files that the process may open at most; further parts are kept"
              + " in buffers.");

  public static final Setting<Integer> EDGE_CHANNELS =
      count("edge.max-channels", 1, MOST, 1_000, "Channels that the edge follows at a time.");
  public static final Setting<Long> EDGE_MEMORY =
      memory(
          "edge.memory",
          "Parts that the edge holds, those that only answers still hold among them; 0 and beyond"
              + " it as with origin.memory. While those are more than an eighth of it, answers get"
              + " less time.");
  public static final Setting<Duration> EDGE_IDLE_AFTER =
      time(
          "edge.idle-after",
          SECOND,
          Duration.ofHours(24),
          "30s",
          "How long a channel is followed without a request.");
  public static final Setting<Integer> EDGE_VIEWERS =
      count("edge.max-viewers", 1, MOST, 100_000, "Viewers of one channel that are told apart.");
  public static final Setting<Integer> EDGE_VIEWERS_PER_ADDRESS =
      count(
          "edge.max-viewers-per-address",
          1,
          MOST,
          5_000,
          "Viewers from one address, or from one /64 of IPv6, that are counted, in all channels;"
              + " further ones are served all the same. All that come through a proxy are of its"
              + " address.");
  public static final Setting<Integer> EDGE_TOKENS =
      count(
          "edge.max-tokens",
          16,
          1 << 20,
          8_192,
          "Viewers' tokens that each thread of the edge remembers; others are checked anew with"
              + " each request, which takes some microseconds.");
  public static final Setting<Integer> HTTP_CONNECTIONS =
      count(
          "edge.http.max-connections",
          1,
          MOST,
          50_000,
          "Viewers' connections at a time; fewer where the process may not open so many files"
              + " beside those of the other ports (ulimit -n).");
  public static final Setting<Integer> HTTP_CONNECTIONS_PER_ADDRESS =
      count(
          "edge.http.max-connections-per-address",
          1,
          MOST,
          5_000,
          "Viewers' connections from one address at a time, or from one /64 of IPv6. All that come"
              + " through a proxy, or a provider's address translation, are of its address.");
  public static final Setting<Integer> HTTP_REQUESTS_PER_SECOND =
      count(
          "edge.http.max-requests-per-second",
          0,
          1_000_000,
          10_000,
          "Requests of one address, or of one /64 of IPv6, in a second, and twice as many at once;"
              + " further ones wait. A viewer makes up to 20; a proxy that keeps no answers needs"
              + " as many for each. 0: no limit.");
  public static final Setting<Integer> HTTP_REQUEST_LINE_BYTES =
      count("edge.http.max-request-line-bytes", 64, 65_536, 2_048, "A request line; then 414.");
  public static final Setting<Integer> HTTP_HEAD_BYTES =
      count(
          "edge.http.max-head-bytes",
          1_024,
          1 << 20,
          16_384,
          "A request's head; then 431. No less than edge.http.max-request-line-bytes.");
  public static final Setting<Integer> HTTP_PIPELINED_BYTES =
      count(
          "edge.http.max-pipelined-bytes",
          1_024,
          1 << 20,
          8_192,
          "Read ahead of the response to the request before.");
  public static final Setting<Duration> HTTP_HEAD_TIMEOUT =
      time(
          "edge.http.head-timeout",
          "10s",
          "From a connection to its first byte, and from a request's first byte to the end of its"
              + " head.");
  public static final Setting<Duration> HTTP_IDLE_TIMEOUT =
      time(
          "edge.http.idle-timeout",
          "60s",
          "How long a connection may ask for nothing more; before its first byte"
              + " edge.http.head-timeout counts.");
  public static final Setting<Duration> HTTP_SEND_TIMEOUT =
      time("edge.http.send-timeout", "20s", "How long a client may take no byte of an answer.");
  public static final Setting<Duration> HTTP_ANSWER_TIMEOUT =
      time(
          "edge.http.answer-timeout",
          SECOND,
          HOUR,
          "60s",
          "How long a client may take for the whole of an answer. A segment of 6s at 8Mbit/s takes"
              + " 48s at 1Mbit/s; a viewer that takes longer for a segment than it lasts cannot"
              + " follow. Less while edge.memory is short.");
  public static final Setting<Duration> HTTP_START_TIMEOUT =
      time("edge.http.start-timeout", "5s", "How long a viewer waits for a channel's first part.");
  public static final Setting<Integer> HTTP_STREAMS =
      count("edge.http.max-streams", 1, 10_000, 128, "HTTP/2 streams of one connection.");
  public static final Setting<Integer> HTTP_RESETS =
      count(
          "edge.http.max-resets",
          1,
          1_000_000,
          400,
          "HTTP/2 streams that one connection may reset in ten seconds; as many pings and settings"
              + " that it may send; and as many frames in all, with some more for each request and"
              + " answer.");

  public static final Setting<Long> HTTP_HELD_BYTES =
      size(
          "edge.http.max-held-bytes",
          64 * KIB,
          MOST_BYTES,
          "32MiB",
          "What answers that one connection's client has not taken may hold; then 429. Its only"
              + " answer may be larger. A proxy that asks for many viewers over one HTTP/2"
              + " connection needs more.");

  public static final Setting<Long> HTTP_ALL_OWN_BYTES =
      memory(
          "edge.http.max-all-own-bytes",
          "What all connections keep for themselves alone: requests that are not complete, streams,"
              + " answers that are not taken, but for the media and playlists that they share."
              + " Beyond it, who keeps more than an equal share is closed. 0: 256MiB, or an eighth"
              + " of what the JVM may use.");

  // Operators and nodes.

  public static final Setting<Integer> CONTROL_CHANNELS =
      count("control.max-channels", 1, 100_000, 10_000, "Channels that there may be.");
  public static final Setting<Integer> CONTROL_CONSOLES =
      count("control.max-consoles", 1, 10_000, 64, "Event streams at a time.");
  public static final Setting<Integer> CONTROL_CONNECTIONS =
      count("control.max-connections", 1, 100_000, 2_000, "Connections to the API at a time.");
  public static final Setting<Integer> CONTROL_CONNECTIONS_PER_ADDRESS =
      count(
          "control.max-connections-per-address",
          1,
          100_000,
          1_000,
          "Connections to the API from one address at a time, or from one /64 of IPv6. All that"
              + " come through a proxy are of its address.");
  public static final Setting<Integer> CONTROL_REQUESTS_PER_SECOND =
      count(
          "control.max-requests-per-second",
          0,
          1_000_000,
          200,
          "Requests to the API and its pages of one address, or of one /64 of IPv6, in a second,"
              + " and twice as many at once; further ones wait for up to two seconds; then 429. All"
              + " that come through a proxy are of its address. 0: no limit.");
  public static final Setting<Integer> CONTROL_REQUEST_LINE_BYTES =
      count("control.max-request-line-bytes", 256, 65_536, 4_096, "A request line; then 414.");
  public static final Setting<Integer> CONTROL_HEAD_BYTES =
      count("control.max-head-bytes", 1_024, 1 << 20, 16_384, "A request's headers; then 431.");
  public static final Setting<Integer> CONTROL_BODY_BYTES =
      count("control.max-body-bytes", 1_024, 64 << 20, 65_536, "A request's body; then 413.");
  public static final Setting<Long> CONTROL_ALL_REQUEST_BYTES =
      memory(
          "control.max-all-request-bytes",
          "What all requests to the API that are being read keep; beyond it, who has more than an"
              + " equal share is answered 503. 0: 64MiB, or a sixteenth of the heap.");
  public static final Setting<Duration> CONTROL_IDLE_TIMEOUT =
      time(
          "control.idle-timeout",
          SECOND,
          HOUR,
          "30s",
          "How long a connection may ask for nothing.");
  public static final Setting<Duration> CONTROL_HEAD_TIMEOUT =
      time(
          "control.head-timeout",
          "10s",
          "From a connection to its first request, and, with 408 then, from a request's first line"
              + " to its last header.");
  public static final Setting<Duration> CONTROL_REQUEST_TIMEOUT =
      time(
          "control.request-timeout",
          "30s",
          "From a request's head until its answer is taken; of an event stream, for each event.");
  public static final Setting<Integer> CONTROL_WRONG_TOKENS =
      count(
          "control.wrong-tokens-per-minute",
          1,
          1_000_000,
          20,
          "Wrong tokens that one address, of IPv6 one /64 prefix, may show, to sign in or as"
              + " Bearer; then 429. The right one is always taken.");
  public static final Setting<Integer> DATABASE_CONNECTIONS =
      count("control.database.max-connections", 2, 32, 8, "Connections to Postgres.");
  public static final Setting<Integer> CONTROL_NODES =
      count("control.grpc.max-nodes", 1, 100_000, 1_000, "Nodes connected at a time.");
  public static final Setting<Integer> CONTROL_NODE_MESSAGES =
      count(
          "control.grpc.max-messages-per-second",
          1,
          1_000_000,
          200,
          "Messages read from one node in a second.");
  public static final Setting<Integer> CONTROL_NODE_CONNECTIONS =
      count(
          "control.grpc.max-connections",
          1,
          MOST,
          2_000,
          "Connections to the port for nodes at a time, and calls.");
  public static final Setting<Integer> CONTROL_NODE_MESSAGE_BYTES =
      count("control.grpc.max-message-bytes", 1_024, 64 << 20, 1 << 20, "One message of a node.");
  public static final Setting<Integer> CONTROL_NODE_REGISTER_BYTES =
      count(
          "control.grpc.max-register-bytes",
          4_096,
          1 << 20,
          32 << 10,
          "All that a connection may send before it has registered a node; times"
              + " control.grpc.max-connections it is what strangers can hold.");
  public static final Setting<Integer> CONTROL_NODE_RESETS =
      count(
          "control.grpc.max-resets",
          1,
          1_000_000,
          100,
          "Calls that one connection may take back in ten seconds; a node has one, and keeps it.");
  public static final Setting<Duration> CONTROL_NODE_IDLE_TIMEOUT =
      time(
          "control.grpc.idle-timeout",
          SECOND,
          HOUR,
          "10s",
          "How long a connection may have no call.");
  public static final Setting<Duration> CONTROL_NODE_REGISTER_TIMEOUT =
      time(
          "control.grpc.register-timeout",
          "10s",
          "How long a connection may take to register a node; then it is closed.");
  public static final Setting<Integer> METRICS_CONNECTIONS =
      count("metrics.max-connections", 1, 10_000, 64, "Connections to the metrics port at a time.");
  public static final Setting<Integer> METRICS_CONNECTIONS_PER_ADDRESS =
      count(
          "metrics.max-connections-per-address",
          1,
          10_000,
          32,
          "Those from one address, or from one /64 of IPv6.");
  public static final Setting<Integer> METRICS_HEAD_BYTES =
      count("metrics.max-head-bytes", 256, 1 << 20, 8_192, "A request's head; then 431 or 414.");
  public static final Setting<Duration> METRICS_TIMEOUT =
      time(
          "metrics.timeout",
          "10s",
          "From the beginning of a connection to the metrics port to the end of its one answer.");
  public static final Setting<Integer> FABRIC_LINKS =
      count("fabric.max-links", 1, 10_000, 256, "Links that this node serves at a time.");
  public static final Setting<Long> FABRIC_WAITING_BYTES =
      size(
          "fabric.max-waiting-bytes",
          MIB,
          16 * GIB,
          "64MiB",
          "What may wait for one link; then the channel that has most waiting is dropped and sent"
              + " anew.");
  public static final Setting<Integer> FABRIC_SESSIONS =
      count(
          "fabric.max-sessions-per-second",
          1,
          10_000,
          32,
          "Sessions of others that Aeron is told of in a second, and twice as many at once; a link"
              + " has a few.");
  public static final Setting<Duration> FABRIC_LINK_TIMEOUT =
      time(
          "fabric.link-timeout",
          Duration.ofMillis(200),
          Duration.ofSeconds(60),
          "2s",
          "Silence after which a link is down.");

  static final List<Setting<?>> ALL = List.copyOf(DEFINED);

  private Limits() {}

  private static Setting<Integer> count(String key, int least, int most, int usual, String doc) {
    return define(
        new Setting<>(key, wholeNumber(least, most), String.valueOf(usual), Change.RESTART, doc));
  }

  private static Setting<Long> size(String key, long least, long most, String usual, String doc) {
    return define(new Setting<>(key, SettingType.size(least, most), usual, Change.RESTART, doc));
  }

  /** What many share; 0 for what suits the machine. */
  private static Setting<Long> memory(String key, String doc) {
    return define(new Setting<>(key, sizeOrZero(MIB, MOST_BYTES), "0", Change.RESTART, doc));
  }

  private static Setting<Duration> time(String key, String usual, String doc) {
    return time(key, INSTANT, HOUR, usual, doc);
  }

  private static Setting<Duration> time(
      String key, Duration least, Duration most, String usual, String doc) {
    return define(new Setting<>(key, duration(least, most), usual, Change.RESTART, doc));
  }

  private static <T> Setting<T> define(Setting<T> setting) {
    DEFINED.add(setting);
    return setting;
  }
}
