package io.millrace.window.store;

import io.millrace.media.Bytes;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.PartKey;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds one part's bytes, or says that they are missing. Written on the agent thread, read on any.
 *
 * <p>The lock is held for the few instructions that take a reference, never across a call that
 * waits: without it a reader could retain a buffer between its release and its next use.
 *
 * <p>What readers get is a piece of a mapped file ({@link MemoryFile#of} tells which), or a buffer
 * of its own where there is no file.
 */
public final class PartBytes {
  /** Says what a reader can expect. */
  public enum State {
    /** Not here; they may be on their way, or can be asked for. */
    MISSING,
    PRESENT,
    /** Asked for in vain: whoever waits for them is answered now. */
    UNAVAILABLE
  }

  private final PartKey key;
  private State state = State.MISSING;

  /** Before its reader index is what is kept in front of them. */
  private @Nullable ByteBuf data;

  // Agent thread only.
  @Nullable Bytes expectedSha256;
  @Nullable Bytes sha256;
  @Nullable Fence fence;
  @Nullable MemoryFile file;
  long storedNs;
  boolean announced;
  boolean evictable;
  final Consumer<PartBytes> onEvicted;

  PartBytes(PartKey key, Consumer<PartBytes> onEvicted) {
    this.key = Objects.requireNonNull(key, "key");
    this.onEvicted = Objects.requireNonNull(onEvicted, "onEvicted");
  }

  public PartKey key() {
    return key;
  }

  public synchronized State state() {
    return state;
  }

  /**
   * A new reference to the bytes that the caller releases; null where they are not present. What
   * {@link PartHead} made is before its reader index.
   */
  public synchronized @Nullable ByteBuf retained() {
    return state == State.PRESENT && data != null ? data.retainedDuplicate() : null;
  }

  /** A copy on the heap; null where the bytes are not present. */
  public @Nullable Bytes copy() {
    ByteBuf buffer = retained();
    if (buffer == null) {
      return null;
    }
    try {
      byte[] copy = new byte[buffer.readableBytes()];
      buffer.getBytes(buffer.readerIndex(), copy);
      return Bytes.wrap(copy);
    } finally {
      buffer.release();
    }
  }

  /** Takes over {@code buffer}; {@code present}: its hash is the announced one. */
  synchronized void put(ByteBuf buffer, boolean present) {
    if (data != null) {
      data.release();
    }
    data = buffer;
    state = present ? State.PRESENT : State.MISSING;
  }

  synchronized void markPresent() {
    state = State.PRESENT;
  }

  synchronized void markUnavailable() {
    if (state == State.MISSING) {
      state = State.UNAVAILABLE;
    }
  }

  synchronized void markMissing() {
    if (state == State.UNAVAILABLE) {
      state = State.MISSING;
    }
  }

  /** Whether an index record named this part. Agent thread only. */
  public boolean isAnnounced() {
    return announced;
  }

  synchronized boolean holdsData() {
    return data != null;
  }

  /** Lets go of the bytes; returns how many there were, with those in front of them. */
  synchronized int clear() {
    int size = data == null ? 0 : data.writerIndex();
    if (data != null) {
      data.release();
      data = null;
    }
    state = State.MISSING;
    return size;
  }
}
