package io.millrace.delivery.http;

import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of a connection's address, which would be a copy each time. Confined to the
 * connection's event loop.
 */
final class RemoteAddress {
  private byte @Nullable [] bytes;

  /** Those of the connection that it belongs to. */
  byte[] of(@Nullable ChannelHandlerContext context) {
    byte[] known = bytes;
    if (known == null) {
      known = Exchange.inet(context).getAddress();
      bytes = known;
    }
    return known;
  }
}
