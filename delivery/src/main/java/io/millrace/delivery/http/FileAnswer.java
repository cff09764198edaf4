package io.millrace.delivery.http;

import io.millrace.window.store.MemoryFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * Sends a head, if any, and pieces of memory files behind it, which the kernel takes from the
 * files' pages: nothing is copied but the head. Confined to the connection's event loop; Netty's
 * epoll transport sends it as any other file region.
 *
 * <p>Holds references to what it sends until all of it is with the socket. The kernel keeps pages
 * that wait there, or to be acknowledged, for itself, whatever becomes of their file; and those are
 * never written again.
 */
final class FileAnswer extends AbstractReferenceCounted implements FileRegion {
  private final FileCalls calls;
  private final int socket;
  private final ByteBuf head;
  private final List<ByteBuf> pieces;
  private final long count;
  private long transferred;

  /** Takes over the head and the pieces, all of which are of memory files. */
  FileAnswer(FileCalls calls, int socket, ByteBuf head, List<ByteBuf> pieces) {
    this.calls = calls;
    this.socket = socket;
    this.head = head;
    this.pieces = pieces;
    long length = head.readableBytes();
    for (ByteBuf piece : pieces) {
      length += piece.readableBytes();
    }
    this.count = length;
  }

  /** A piece alone, which may begin with a head. */
  FileAnswer(FileCalls calls, int socket, ByteBuf piece) {
    this(calls, socket, Unpooled.EMPTY_BUFFER, List.of(piece));
  }

  /** Whether all of them are of memory files. */
  static boolean canSend(List<ByteBuf> pieces) {
    for (ByteBuf piece : pieces) {
      if (MemoryFile.of(piece) == null) {
        return false;
      }
    }
    return !pieces.isEmpty();
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // it is of the interface
  public long transfered() {
    return transferred;
  }

  @Override
  public long transferred() {
    return transferred;
  }

  @Override
  public long count() {
    return count;
  }

  /** To the socket itself, not to {@code target}, which stands for it and takes no files. */
  @Override
  public long transferTo(WritableByteChannel target, long position) throws IOException {
    long before = transferred;
    int headLength = head.readableBytes();
    if (transferred < headLength) {
      long address = head.memoryAddress() + head.readerIndex() + transferred;
      transferred += calls.sendAhead(socket, address, headLength - transferred);
      if (transferred < headLength) {
        return transferred - before;
      }
    }
    long begin = headLength;
    for (int i = 0; i < pieces.size(); i++) {
      ByteBuf piece = pieces.get(i);
      long end = begin + piece.readableBytes();
      if (transferred < end) {
        transferred += send(piece, transferred - begin);
        if (transferred < end) {
          break;
        }
      }
      begin = end;
    }
    return transferred - before;
  }

  private long send(ByteBuf piece, long from) throws IOException {
    MemoryFile file = MemoryFile.of(piece);
    if (file == null) {
      throw new IllegalStateException("a piece of no file");
    }
    return calls.sendFile(
        socket, file.descriptor(), file.positionOf(piece) + from, piece.readableBytes() - from);
  }

  @Override
  public FileAnswer retain() {
    super.retain();
    return this;
  }

  @Override
  public FileAnswer retain(int increment) {
    super.retain(increment);
    return this;
  }

  @Override
  public FileAnswer touch() {
    super.touch();
    return this;
  }

  @Override
  public FileAnswer touch(Object hint) {
    head.touch(hint);
    return this;
  }

  @Override
  protected void deallocate() {
    head.release();
    pieces.forEach(ByteBuf::release);
  }
}
