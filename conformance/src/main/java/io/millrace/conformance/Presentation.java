package io.millrace.conformance;

/** Something that is followed: an HLS or DASH presentation with its renditions. */
public interface Presentation {
  /** How many renditions are followed, each on its own; a step of the first may bring more. */
  int renditions();

  /**
   * Follows one for a step; not by two threads for the same one at a time.
   *
   * @return whether there is more to follow
   */
  boolean step(int rendition) throws InterruptedException;

  /** Judges what can be judged at the end, when no step runs any more. */
  void finish() throws InterruptedException;
}
