package io.millrace.ingest.rtmp.chunk;

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
    LIMIT(Scope.CONNECTION),
    COMMAND(Scope.CONNECTION),
    /** Not AMF0, or more of it than the limits allow: no encoder sends that. */
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

  public RtmpException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public RtmpException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** A value that cannot be, in the house's words. */
  public static RtmpException of(Code code, String name, long value, String expected) {
    return new RtmpException(code, name + ": " + value + " (expected: " + expected + ")");
  }

  public Code code() {
    return code;
  }

  public Scope scope() {
    return code.scope;
  }
}
