package io.millrace.delivery;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/**
 * Says how much of what is written waits for a client: files too, which Netty counts as nothing.
 */
final class WrittenSize {
  private static final MessageSizeEstimator.Handle USUAL =
      DefaultMessageSizeEstimator.DEFAULT.newHandle();

  static final MessageSizeEstimator ESTIMATOR = () -> WrittenSize::of;

  private WrittenSize() {}

  private static int of(Object message) {
    // Most are buffers, and what is none of them is slower to tell.
    if (message instanceof ByteBuf buffer) {
      return buffer.readableBytes();
    }
    return message instanceof FileRegion region
        ? (int) Math.min(Integer.MAX_VALUE, region.count())
        : USUAL.size(message);
  }
}
