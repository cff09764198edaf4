package io.millrace.control.link;

import java.util.Locale;

/** Says why the control plane let a node, or whoever posed as one, go. */
public enum LinkRefusal {
  /** There were as many connections as there may be. */
  CONNECTIONS,
  /** A connection ended that never had a call. */
  NO_CALL,
  /** A connection had calls, and none of them registered a node in time. */
  NO_REGISTRATION,
  /** A message was longer than one may be, or all that came before a node was registered was. */
  TOO_LARGE,
  /** A message could not be read. */
  UNREADABLE,
  /** {@link Admission.Reason#UNKNOWN}. */
  UNKNOWN_NODE,
  /** {@link Admission.Reason#ROLES}. */
  ROLES,
  /** There were as many nodes, or calls, as there may be. */
  LIMIT,
  /** {@link Admission.Reason#UNAVAILABLE}. */
  UNAVAILABLE;

  /** The value of the counter's label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static LinkRefusal of(Admission.Reason reason) {
    return switch (reason) {
      case UNKNOWN -> UNKNOWN_NODE;
      case ROLES -> ROLES;
      case LIMIT -> LIMIT;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }
}
