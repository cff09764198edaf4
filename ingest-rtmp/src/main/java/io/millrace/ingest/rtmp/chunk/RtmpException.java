package io.millrace.ingest.rtmp.chunk;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says that a peer broke the protocol, or that the server cannot go on. */
public final class RtmpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what is lost: the message alone, or the connection. */
  public enum Scope {
    MESSAGE,
    CONNECTION
  }

  /** Names what went wrong, for metrics. */
  public enum Code {
    HANDSHAKE(Scope.CONNECTION),
    CHUNK_HEADER(Scope.CONNECTION),
    CHUNK_SIZE(Scope.CONNECTION),
    /** More than a limit allows, with its {@link Limit}. */
    LIMIT(Scope.CONNECTION),
    COMMAND(Scope.CONNECTION),
    /** Not AMF0: no encoder sends that. */
    AMF(Scope.CONNECTION),
    AMF_UNSUPPORTED(Scope.MESSAGE),
    METADATA(Scope.MESSAGE),
    AGGREGATE(Scope.MESSAGE),
    MEDIA(Scope.MESSAGE),
    BIND(Scope.CONNECTION);

    private final Scope scope;

    Code(Scope scope) {
      this.scope = scope;
    }
  }

  private final Code code;
  private final @Nullable Limit limit;

  public RtmpException(Code code, String message) {
    super(message);
    this.code = code;
    this.limit = null;
  }

  /** Where the cause is that a limit was passed, it is that of this too. */
  public RtmpException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.limit = cause instanceof RtmpException inner ? inner.limit : null;
  }

  private RtmpException(Limit limit, String message) {
    super(message);
    this.code = Code.LIMIT;
    this.limit = limit;
  }

  /** A value that cannot be, in the house's words. */
  public static RtmpException of(Code code, String name, long value, String expected) {
    return new RtmpException(code, name + ": " + value + " (expected: " + expected + ")");
  }

  /** More than a limit allows. */
  public static RtmpException beyond(Limit limit, String name, long value, long most) {
    return new RtmpException(limit, name + ": " + value + " (expected: at most " + most + ")");
  }

  public Code code() {
    return code;
  }

  /** The limit that was passed; empty where it was none. */
  public Optional<Limit> limit() {
    return Optional.ofNullable(limit);
  }

  public Scope scope() {
    return code.scope;
  }
}
