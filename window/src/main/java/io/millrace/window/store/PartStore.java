package io.millrace.window.store;

import io.millrace.media.Bytes;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.PartKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps part bytes of all channels of a node within one budget. Confined to the fabric's agent
 * thread.
 *
 * <p>The parts of a rendition's segment are one file in memory, each on pages of its own, which are
 * written once. Where there are no such files, or no more of them, a part is a buffer of its own.
 *
 * <p>Over the budget the oldest bytes go first, but none that are younger than the live age: then
 * new bytes are refused, and {@link #hasRoom} says that no channel should be taken on.
 *
 * <p>Bytes that were let go and that a reader still retains take of the budget too; {@link
 * #heldShare} tells readers when to make haste. A file is let go when all its parts are.
 */
public final class PartStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PartStore.class);
  private static final long SAY_EVERY_NS = TimeUnit.MINUTES.toNanos(1);

  /** Below this share of the budget a new channel is taken on. */
  private static final double ADMIT_BELOW = 0.95;

  /** Of the budget, what readers may hold of bytes that were let go. */
  private static final double HELD_BELOW = 0.25;

  private final PartStoreConfig config;
  private final StoreMetrics metrics;
  private final MessageDigest sha256;
  private final PartHead heads;
  private final UnpooledByteBufAllocator allocator =
      new UnpooledByteBufAllocator(/* preferDirect= */ true);
  private final @Nullable MemoryFiles files;
  private final Map<SegmentKey, MemoryFile> filling = new HashMap<>();
  private final ArrayDeque<PartBytes> byAge = new ArrayDeque<>();
  private long saidNs;
  private boolean said;

  /** Written by the agent thread, read by any. */
  private volatile long usedBytes;

  /** Whose parts a file has. */
  private record SegmentKey(TimelineId timeline, int rendition, long msn) {
    static SegmentKey of(PartKey part) {
      return new SegmentKey(part.timeline(), part.rendition(), part.msn());
    }
  }

  public PartStore(PartStoreConfig config, StoreMetrics metrics) {
    this(config, metrics, PartHead.NONE);
  }

  /**
   * A store that is empty.
   *
   * @param heads what is kept in front of each part
   */
  public PartStore(PartStoreConfig config, StoreMetrics metrics, PartHead heads) {
    this.config = Objects.requireNonNull(config, "config");
    this.metrics = Objects.requireNonNull(metrics, "metrics");
    this.heads = Objects.requireNonNull(heads, "heads");
    this.files = files(config);
    metrics.held(this::heldBytes);
    metrics.files(this::fileCount, this::fileBytes);
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  private static @Nullable MemoryFiles files(PartStoreConfig config) {
    Path directory = config.directory();
    if (directory == null) {
      return null;
    }
    Optional<String> trouble = MemoryFiles.trouble(directory, config.budgetBytes());
    trouble.ifPresent(
        why ->
            log.warn(
                "{}: parts are kept in buffers instead, which costs more for each viewer"
                    + " (window.directory)",
                why));
    return trouble.isPresent() ? null : new MemoryFiles(directory, config.maxFiles());
  }

  public PartStoreConfig config() {
    return config;
  }

  public long usedBytes() {
    return usedBytes;
  }

  /** Files in memory that are open. Any thread. */
  public int fileCount() {
    return files == null ? 0 : files.count();
  }

  private long fileBytes() {
    return files == null ? 0 : files.allocatedBytes();
  }

  /** Bytes that were let go and that readers retain. Any thread. */
  public long heldBytes() {
    return Math.max(0, allocatedBytes() - usedBytes);
  }

  /** Those in relation to what they may be: from 1 on it is too much. Any thread. */
  public double heldShare() {
    return heldBytes() / (config.budgetBytes() * HELD_BELOW);
  }

  /** All that is not given back: the allocator and the files are the store's alone. */
  private long allocatedBytes() {
    return allocator.metric().usedDirectMemory() + fileBytes();
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
    Bytes sha256 = digest(data);
    if (slot.expectedSha256 != null && !sha256.equals(slot.expectedSha256)) {
      metrics.wrongHash();
      return false;
    }
    byte[] head = heads.of(sha256, data.length());
    int length = inPages(head.length + data.length());
    makeRoom(config.budgetBytes() - length, nowNs);
    if (allocatedBytes() + length > config.budgetBytes()) {
      metrics.refused();
      return false;
    }
    clear(slot);
    ByteBuffer bytes = data.asByteBuffer();
    ByteBuf buffer = inFile(slot, ByteBuffer.wrap(head), bytes, nowNs);
    if (buffer == null) {
      int size = head.length + bytes.remaining();
      buffer = allocator.directBuffer(size, size).writeBytes(head).writeBytes(bytes);
      used(usedBytes + size);
    }
    slot.put(buffer.readerIndex(head.length), slot.expectedSha256 != null);
    slot.sha256 = sha256;
    slot.fence = fence;
    slot.storedNs = nowNs;
    if (!slot.evictable) {
      slot.evictable = true;
      byAge.add(slot);
    }
    return true;
  }

  private int inPages(int bytes) {
    return files == null ? bytes : files.inPages(bytes);
  }

  /** A reference to where the bytes are in the segment's file; null where they are in none. */
  private @Nullable ByteBuf inFile(PartBytes slot, ByteBuffer head, ByteBuffer data, long nowNs) {
    if (files == null) {
      return null;
    }
    SegmentKey segment = SegmentKey.of(slot.key());
    int length = files.inPages(head.remaining() + data.remaining());
    MemoryFile file = filling.get(segment);
    boolean fresh = file == null || !file.hasRoom(length);
    if (fresh) {
      file = files.open(length);
    }
    ByteBuf buffer = file == null ? null : file.append(files.calls(), head, data.duplicate());
    if (file == null || buffer == null) {
      failed(files, nowNs);
      if (file != null && fresh) {
        file.release();
      }
      return null;
    }
    if (fresh) {
      filling.put(segment, file);
    }
    file.partAdded();
    slot.file = file;
    used(usedBytes + length);
    return buffer;
  }

  private void failed(MemoryFiles of, long nowNs) {
    metrics.fileFailed();
    if (!said || nowNs - saidNs > SAY_EVERY_NS) {
      said = true;
      saidNs = nowNs;
      log.warn(
          "a part is kept in a buffer: no file for it in {}, of which {} are open (at most {},"
              + " window.max-files; errno {})",
          config.directory(),
          of.count(),
          config.maxFiles(),
          of.calls().errno());
    }
  }

  /** Lets go of what the slot holds; a file goes with the last of its parts. */
  private void clear(PartBytes slot) {
    int size = slot.clear();
    MemoryFile file = slot.file;
    slot.file = null;
    if (file == null) {
      used(usedBytes - size);
    } else if (file.partRemoved()) {
      used(usedBytes - file.allocatedBytes());
      filling.remove(SegmentKey.of(slot.key()), file);
      file.release();
    }
  }

  /**
   * Takes note of a part's index record.
   *
   * @return whether its bytes are here and right
   */
  public boolean announce(PartBytes slot, Bytes expectedSha256) {
    slot.expectedSha256 = expectedSha256;
    slot.announced = true;
    if (!slot.holdsData() || slot.state() == PartBytes.State.PRESENT) {
      return slot.state() == PartBytes.State.PRESENT;
    }
    if (slot.sha256 != null && slot.sha256.equals(expectedSha256)) {
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
    clear(slot);
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
        clear(oldest);
        oldest.onEvicted.accept(oldest);
      }
    }
  }

  private Bytes digest(Bytes data) {
    data.digestBy(sha256);
    return Bytes.wrap(sha256.digest());
  }

  @Override
  public void close() {
    byAge.forEach(this::clear);
    byAge.clear();
    used(0);
  }
}
