package io.millrace.control.link;

/** Names what a node can be. */
public enum Role {
  INGEST,
  PACKAGER,
  ORIGIN,
  EDGE,
  CONTROL
}
