package io.millrace.window.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Is a file in memory, and the mapping of it: slices of it are what readers get. Written by the
 * agent thread, each page once; its last reference closes and unmaps it, on any thread.
 *
 * <p>What is mapped is longer than the file, and of that nothing is given out that was not written:
 * so there is a page of memory behind every byte that can be read.
 */
public final class MemoryFile extends UnpooledUnsafeDirectByteBuf {
  private static final ResourceLeakDetector<MemoryFile> LEAKS =
      ResourceLeakDetectorFactory.instance().newResourceLeakDetector(MemoryFile.class);

  private final MemoryFiles owner;
  private final int descriptor;
  private final long address;
  private final int mappedBytes;
  private final @Nullable ResourceLeakTracker<MemoryFile> leak;

  // Agent thread only.
  private int parts;

  /** Written by the agent thread; read when nobody has the file any more. */
  private volatile int allocatedBytes;

  MemoryFile(MemoryFiles owner, int descriptor, long address, int mappedBytes) {
    super(
        UnpooledByteBufAllocator.DEFAULT,
        MemoryCalls.buffer(address, mappedBytes),
        /* maxCapacity= */ mappedBytes);
    this.owner = owner;
    this.descriptor = descriptor;
    this.address = address;
    this.mappedBytes = mappedBytes;
    this.leak = LEAKS.track(this);
  }

  /** The file that the buffer is a piece of; null where it is of none. */
  public static @Nullable MemoryFile of(ByteBuf buffer) {
    ByteBuf each = buffer;
    while (each != null && !(each instanceof MemoryFile)) {
      each = each.unwrap();
    }
    return (MemoryFile) each;
  }

  /** The descriptor, for as long as a reference is held. */
  public int descriptor() {
    return descriptor;
  }

  /** Where in the file the first readable byte of the piece is. */
  public long positionOf(ByteBuf piece) {
    return piece.memoryAddress() + piece.readerIndex() - address;
  }

  /** Pages that are behind it, in bytes. */
  int allocatedBytes() {
    return allocatedBytes;
  }

  boolean hasRoom(int bytes) {
    return mappedBytes - allocatedBytes >= bytes;
  }

  /**
   * Writes the two behind each other, on pages of their own; a reference to them, or null where
   * there is no space.
   */
  @Nullable ByteBuf append(MemoryCalls calls, ByteBuffer head, ByteBuffer data) {
    int from = allocatedBytes;
    int headLength = head.remaining();
    int length = headLength + data.remaining();
    if (!calls.writeAll(descriptor, head, from)
        || !calls.writeAll(descriptor, data, (long) from + headLength)) {
      return null;
    }
    int pages = owner.inPages(length);
    allocatedBytes = from + pages;
    owner.allocated(pages);
    return retainedSlice(from, length);
  }

  void partAdded() {
    parts++;
  }

  /** Whether it was the last. */
  boolean partRemoved() {
    parts--;
    return parts == 0;
  }

  @Override
  protected void deallocate() {
    super.deallocate();
    owner.allocated(-allocatedBytes);
    owner.ended();
    MemoryCalls.end(descriptor, address, mappedBytes);
    if (leak != null) {
      leak.close(this);
    }
  }
}
