package io.millrace.bench.publish;

import io.millrace.media.flv.FlvTag;

/**
 * Gives the tags of a broadcast one after the other, without an end, in the order and with the
 * times at which they are sent, milliseconds from the broadcast's begin. Confined to the
 * broadcast's thread.
 */
@FunctionalInterface
public interface TagSource {
  FlvTag next();
}
