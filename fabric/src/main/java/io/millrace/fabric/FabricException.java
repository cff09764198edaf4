package io.millrace.fabric;

/** Says that a link or the whole fabric cannot go on. */
public class FabricException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says how much is lost by the error. */
  public enum Scope {
    /** One message; the link goes on. */
    MESSAGE,
    /** One link; it connects again. */
    LINK,
    /** All links of the process. */
    FABRIC
  }

  private final Scope scope;

  public FabricException(Scope scope, String message) {
    super(message);
    this.scope = scope;
  }

  public FabricException(Scope scope, String message, Throwable cause) {
    super(message, cause);
    this.scope = scope;
  }

  public Scope scope() {
    return scope;
  }
}
