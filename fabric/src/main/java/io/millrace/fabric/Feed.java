package io.millrace.fabric;

/** Names the things that flow between nodes. */
public enum Feed {
  /** A channel's input log: ingest to packager. */
  INPUT,
  /** A channel's index and parts as they are made: packager to origin. */
  PACKAGED,
  /** A channel's index and parts as a window holds them: origin to edge, edge to edge. */
  WINDOW
}
