package io.millrace.fabric.wire;

import io.millrace.fabric.FabricException;

/** Refuses bytes of a peer, or a value that the schema cannot carry. */
public final class WireException extends FabricException {
  private static final long serialVersionUID = 1L;

  /** Says what was wrong; the label of the counter of refused messages. */
  public enum Reason {
    /** Shorter than its header, block or variable data say. */
    TRUNCATED,
    /** Not a message of this schema. */
    SCHEMA,
    /** A field outside of its range. */
    VALUE,
    /** The CRC32C of a piece does not fit its bytes. */
    CHECKSUM,
    /** Longer than the limit. */
    TOO_LONG,
    /** A piece that does not continue the one before it. */
    OUT_OF_ORDER
  }

  private final Reason reason;

  public WireException(Reason reason, String message) {
    super(Scope.MESSAGE, message);
    this.reason = reason;
  }

  public WireException(Reason reason, String message, Throwable cause) {
    super(Scope.MESSAGE, message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
