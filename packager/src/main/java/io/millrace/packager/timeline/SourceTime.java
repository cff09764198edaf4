package io.millrace.packager.timeline;

/**
 * Says when a sample is, on its publisher's clock, without wraps.
 *
 * @param epoch counts the publisher's jumps; times of two epochs have nothing to do with each other
 * @param dtsNs grows strictly within an epoch and track
 */
public record SourceTime(int epoch, long dtsNs, long ptsNs) {}
