package io.millrace.bench.flood;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Names the attacks: the port, how long the server may bear with a connection by its default
 * settings, and what it sends.
 */
public enum Attack {
  RTMP_RANDOM_BYTES("rtmp", 15, RtmpAttacks::randomBytes),
  RTMP_HALF_HANDSHAKE("rtmp", 5, RtmpAttacks::halfHandshake),
  RTMP_HUGE_CHUNK_SIZE("rtmp", 10, RtmpAttacks::hugeChunkSize),
  RTMP_MANY_MESSAGES("rtmp", 10, RtmpAttacks::manyMessages),
  RTMP_DEEP_AMF("rtmp", 5, RtmpAttacks::deepAmf),
  RTMP_BYTE_A_SECOND("rtmp", 5, RtmpAttacks::byteASecond),
  RTMP_SLOW_COMMANDS("rtmp", 15, RtmpAttacks::slowCommands),
  RTMP_HELD_MESSAGES("rtmp", 10, RtmpAttacks::heldMessages),
  RTMP_SILENCE("rtmp", 5, Attacker::silence),

  HTTP_ENDLESS_HEADERS("edge.http", 10, HttpAttacks::endlessHeaders),
  HTTP_PIPELINING_WITHOUT_READING("edge.http", 25, HttpAttacks::pipeliningWithoutReading),
  HTTP_RAPID_RESET("edge.http", 15, HttpAttacks::rapidReset),
  HTTP_SETTINGS("edge.http", 15, HttpAttacks::settings),
  HTTP_PINGS("edge.http", 15, HttpAttacks::pings),
  HTTP_PRIORITIES("edge.http", 15, HttpAttacks::priorities),
  HTTP_UNTAKEN_ANSWERS("edge.http", 25, HttpAttacks::untakenAnswers),
  HTTP_RANDOM_BYTES("edge.http", 10, HttpAttacks::randomBytes),
  HTTP_BYTE_A_SECOND("edge.http", 10, HttpAttacks::byteASecond),
  HTTP_SILENCE("edge.http", 10, Attacker::silence),

  CONTROL_ENDLESS_HEADERS("control", 10, HttpAttacks::endlessHeaders),
  CONTROL_RANDOM_BYTES("control", 30, HttpAttacks::randomBytes),
  CONTROL_BYTE_A_SECOND("control", 30, HttpAttacks::byteASecond),
  CONTROL_SILENCE("control", 30, Attacker::silence),
  CONTROL_SLOW_BODY("control", 30, HttpAttacks::slowBodyOfAGet),
  CONTROL_ENDLESS_CHUNK("control", 30, HttpAttacks::endlessChunk),
  CONTROL_PIPELINING_WITHOUT_READING("control", 30, HttpAttacks::pipeliningLargeAnswers),

  GRPC_RANDOM_BYTES("control.grpc", 15, HttpAttacks::randomBytes),
  GRPC_RAPID_RESET("control.grpc", 15, HttpAttacks::rapidReset),
  GRPC_SETTINGS("control.grpc", 15, HttpAttacks::settings),
  GRPC_PINGS("control.grpc", 15, HttpAttacks::pings),
  GRPC_UNFINISHED_MESSAGES("control.grpc", 15, HttpAttacks::unfinishedMessages),
  GRPC_HELD_MESSAGE("control.grpc", 15, HttpAttacks::heldMessage),
  GRPC_NO_CALL("control.grpc", 15, HttpAttacks::noCall),
  GRPC_SILENCE("control.grpc", 15, Attacker::silence),

  METRICS_ENDLESS_HEADERS("metrics", 10, HttpAttacks::endlessHeaders),
  METRICS_PIPELINING_WITHOUT_READING("metrics", 10, HttpAttacks::pipeliningWithoutReading),
  METRICS_RANDOM_BYTES("metrics", 10, HttpAttacks::randomBytes),
  METRICS_BYTE_A_SECOND("metrics", 10, HttpAttacks::byteASecond),
  METRICS_SILENCE("metrics", 10, Attacker::silence);

  /** What one connection does until it is closed. */
  interface Conduct {
    /** Sends; returns when there is nothing more to send, and throws when the server closes. */
    void on(Attacker attacker) throws IOException, InterruptedException;
  }

  private final String port;
  private final int limitSeconds;

  @SuppressWarnings("ImmutableEnumChecker") // methods without state
  private final Conduct conduct;

  Attack(String port, int limitSeconds, Conduct conduct) {
    this.port = port;
    this.limitSeconds = limitSeconds;
    this.conduct = conduct;
  }

  /** The name of the attacked address in {@code endpoints.json}. */
  public String port() {
    return port;
  }

  /** How long the server may leave a connection open. */
  public Duration limit() {
    return Duration.ofSeconds(limitSeconds);
  }

  Conduct conduct() {
    return conduct;
  }

  /** As it is printed. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
