package io.millrace.window.store;

import io.millrace.media.Bytes;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.PartKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Keeps part bytes of all channels of a node within one budget. Confined to the fabric's agent
 * thread.
 *
 * <p>Over the budget the oldest bytes go first, but none that are younger than the live age: then
 * new bytes are refused, and {@link #hasRoom} says that no channel should be taken on.
 *
 * <p>Bytes that were let go and that a reader still retains take of the budget too; {@link
 * #heldShare} tells readers when to make haste.
 */
public final class PartStore implements AutoCloseable {
  /** Below this share of the budget a new channel is taken on. */
  private static final double ADMIT_BELOW = 0.95;

  /** Of the budget, what readers may hold of bytes that were let go. */
  private static final double HELD_BELOW = 0.25;

  private static final int SHA256_BYTES = 32;

  private final PartStoreConfig config;
  private final StoreMetrics metrics;
  private final MessageDigest sha256;
  private final byte[] digest = new byte[SHA256_BYTES];
  private final UnpooledByteBufAllocator allocator =
      new UnpooledByteBufAllocator(/* preferDirect= */ true);
  private final ArrayDeque<PartBytes> byAge = new ArrayDeque<>();

  /** Written by the agent thread, read by any. */
  private volatile long usedBytes;

  public PartStore(PartStoreConfig config, StoreMetrics metrics) {
    this.config = Objects.requireNonNull(config, "config");
    this.metrics = Objects.requireNonNull(metrics, "metrics");
    metrics.held(this::heldBytes);
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  public PartStoreConfig config() {
    return config;
  }

  public long usedBytes() {
    return usedBytes;
  }

  /** Bytes that were let go and that readers retain. Any thread. */
  public long heldBytes() {
    return Math.max(0, allocatedBytes() - usedBytes);
  }

  /** Those in relation to what they may be: from 1 on it is too much. Any thread. */
  public double heldShare() {
    return heldBytes() / (config.budgetBytes() * HELD_BELOW);
  }

  /** All that is not given back: the allocator is the store's alone. */
  private long allocatedBytes() {
    return allocator.metric().usedDirectMemory();
  }

  private void used(long bytes) {
    usedBytes = bytes;
    metrics.used(bytes);
  }

  /**
   * An empty place for a part's bytes.
   *
   * @param onEvicted is told when they were let go for want of room; it may release other places
   */
  public PartBytes slot(PartKey key, Consumer<PartBytes> onEvicted) {
    return new PartBytes(key, onEvicted);
  }

  /** Whether another channel can be taken on; makes room where rewind can go. */
  public boolean hasRoom(long nowNs) {
    long limit = (long) (config.budgetBytes() * ADMIT_BELOW);
    makeRoom(limit, nowNs);
    return allocatedBytes() < limit;
  }

  /**
   * Stores what arrived for a part. Where the part was announced before, the hash decides whether
   * it is taken.
   *
   * @return whether the bytes are kept
   */
  public boolean put(PartBytes slot, Fence fence, Bytes data, long nowNs) {
    if (slot.expectedSha256 != null && !matches(data, slot.expectedSha256)) {
      metrics.wrongHash();
      return false;
    }
    makeRoom(config.budgetBytes() - data.length(), nowNs);
    if (allocatedBytes() + data.length() > config.budgetBytes()) {
      metrics.refused();
      return false;
    }
    int before = slot.clear();
    ByteBuf buffer = allocator.directBuffer(data.length(), data.length());
    buffer.writeBytes(data.asByteBuffer());
    slot.put(buffer, slot.expectedSha256 != null);
    slot.fence = fence;
    slot.storedNs = nowNs;
    if (!slot.evictable) {
      slot.evictable = true;
      byAge.add(slot);
    }
    used(usedBytes + data.length() - before);
    return true;
  }

  /**
   * Takes note of a part's index record.
   *
   * @return whether its bytes are here and right
   */
  public boolean announce(PartBytes slot, Bytes expectedSha256) {
    slot.expectedSha256 = expectedSha256;
    slot.announced = true;
    ByteBuf unverified = slot.unverified();
    if (unverified == null) {
      return slot.state() == PartBytes.State.PRESENT;
    }
    if (matches(unverified, expectedSha256)) {
      slot.markPresent();
      return true;
    }
    metrics.wrongHash();
    release(slot);
    return false;
  }

  /** Whether bytes came for the part without an index record, too long ago. */
  public boolean isOrphan(PartBytes slot, long nowNs) {
    return !slot.announced && nowNs - slot.storedNs > config.unannouncedAge().toNanos();
  }

  /** Tells waiting readers that the bytes will not come. */
  public void giveUp(PartBytes slot) {
    slot.markUnavailable();
  }

  /** Makes a part that was given up worth waiting for again. */
  public void retry(PartBytes slot) {
    slot.markMissing();
  }

  /** Lets go of a part's bytes for good. */
  public void release(PartBytes slot) {
    used(usedBytes - slot.clear());
    // Its place in byAge stays until it is the oldest: an empty slot costs a reference there.
    while (!byAge.isEmpty() && !byAge.peek().holdsData()) {
      byAge.remove().evictable = false;
    }
  }

  private void makeRoom(long limit, long nowNs) {
    while (allocatedBytes() > limit && !byAge.isEmpty()) {
      PartBytes oldest = byAge.peek();
      if (oldest.holdsData() && nowNs - oldest.storedNs < config.liveAge().toNanos()) {
        return;
      }
      byAge.remove().evictable = false;
      if (oldest.holdsData()) {
        metrics.evicted();
        used(usedBytes - oldest.clear());
        oldest.onEvicted.accept(oldest);
      }
    }
  }

  private boolean matches(Bytes data, Bytes expected) {
    data.digestBy(sha256);
    return digestIs(expected);
  }

  private boolean matches(ByteBuf data, Bytes expected) {
    ByteBuffer view = data.internalNioBuffer(data.readerIndex(), data.readableBytes());
    sha256.update(view);
    return digestIs(expected);
  }

  private boolean digestIs(Bytes expected) {
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (java.security.DigestException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
    return Bytes.wrap(digest).equals(expected);
  }

  @Override
  public void close() {
    for (PartBytes slot : byAge) {
      slot.clear();
    }
    byAge.clear();
    used(0);
  }
}
