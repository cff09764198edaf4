package io.millrace.control.link;

/** Tells whether a node may connect. */
public sealed interface Admission {
  record Admitted() implements Admission {}

  /**
   * The node may not connect.
   *
   * @param why one sentence for whoever set the node up; names no secret
   */
  record Refused(Reason reason, String why) implements Admission {}

  /** Says what would have to change for the node to be admitted. */
  enum Reason {
    /** Neither credential nor join token are good. */
    UNKNOWN,
    /** The node is known, but not for these roles. */
    ROLES,
    /** A limit of the control plane's is reached. */
    LIMIT,
    /** The control plane cannot tell now. */
    UNAVAILABLE
  }
}
