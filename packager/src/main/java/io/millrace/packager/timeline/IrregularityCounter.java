package io.millrace.packager.timeline;

/** Is told of each irregularity as it is found. */
@FunctionalInterface
public interface IrregularityCounter {
  void count(Irregularity kind, long samples);

  default void count(Irregularity kind) {
    count(kind, 1);
  }
}
