package io.millrace.window.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.PartKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartStoreTest {
  private static final int PAGE = MemoryCalls.pageSize();
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final String HEAD = "what all are told first: ";
  private static final PartHead HEADS =
      (_, length) -> (HEAD + length).getBytes(StandardCharsets.US_ASCII);
  private static final TimelineId TIMELINE =
      new TimelineId(new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L));

  private final Random random = new Random(7);
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final List<PartKey> evicted = new ArrayList<>();
  private PartStore store = files(64 << 20, 100);

  @AfterEach
  void leavesNothingOpen() {
    store.close();
    assertThat(store.fileCount()).isZero();
    assertThat(store.usedBytes()).isZero();
    assertThat(store.heldBytes()).isZero();
    LeakPresenceDetector.check();
  }

  private PartStore files(long budgetBytes, int most) {
    return store(
        PartStoreConfig.defaults().withBudgetBytes(budgetBytes).withFiles(SHARED_MEMORY, most));
  }

  private PartStore store(PartStoreConfig config) {
    registry.clear();
    return new PartStore(config, new StoreMetrics("edge", registry), HEADS);
  }

  @Test
  void keepsThePartsOfASegmentInOneFileOnPagesOfTheirOwn() {
    List<ByteBuf> read = new ArrayList<>();
    Set<Long> pages = new HashSet<>();
    for (int part = 0; part < 10; part++) {
      Bytes data = random(1 + part * 5_000);
      ByteBuf bytes = retained(put(3, part, data));
      MemoryFile file = Objects.requireNonNull(MemoryFile.of(bytes));

      assertThat(ByteBufUtil.getBytes(bytes)).isEqualTo(data.toArray());
      assertThat(file).isSameAs(MemoryFile.of(read.isEmpty() ? bytes : read.getFirst()));
      long from = file.positionOf(bytes.duplicate().readerIndex(0));
      for (long page = from / PAGE; page * PAGE < from + bytes.writerIndex(); page++) {
        assertThat(pages.add(page)).as("page %d is written once", page).isTrue();
      }
      read.add(bytes);
    }

    assertThat(store.fileCount()).isEqualTo(1);
    assertThat(store.usedBytes()).isEqualTo((long) pages.size() * PAGE);
    put(4, 0, random(10));
    assertThat(store.fileCount()).as("another segment").isEqualTo(2);
    read.forEach(ByteBuf::release);
  }

  @Test
  void keepsTheHeadInFrontOfAPart() {
    Bytes data = random(5_000);

    ByteBuf bytes = retained(put(1, 0, data));

    assertThat(bytes.toString(0, bytes.readerIndex(), StandardCharsets.US_ASCII))
        .isEqualTo(HEAD + 5_000);
    assertThat(bytes.readableBytes()).isEqualTo(5_000);
    bytes.release();
  }

  @Test
  void endsAFileWithItsLastReference() throws IOException {
    int mappings = mappings();
    PartBytes first = put(1, 0, random(5_000));
    PartBytes second = put(1, 1, random(5_000));
    ByteBuf held = retained(second);
    byte[] before = ByteBufUtil.getBytes(held);

    store.release(first);
    assertThat(store.usedBytes()).as("one part keeps the file").isEqualTo(4L * PAGE);
    store.release(second);

    assertThat(store.usedBytes()).isZero();
    assertThat(store.heldBytes()).isEqualTo(4L * PAGE);
    assertThat(store.fileCount()).isEqualTo(1);
    assertThat(mappings()).isEqualTo(mappings + 1);
    put(1, 2, random(9_000));
    assertThat(ByteBufUtil.getBytes(held)).as("not written again").isEqualTo(before);
    store.close();
    held.release();
    assertThat(store.fileCount()).isZero();
    assertThat(mappings()).isEqualTo(mappings);
  }

  @Test
  void givesUpTheOldestAndRefusesWhatIsBeyondTheBudget() {
    store.close();
    store = files(1 << 20, 100);
    int parts = (1 << 20) / (2 * PAGE);
    for (int part = 0; part < parts; part++) {
      put(part / 8, part % 8, random(5_000));
    }
    assertThat(store.usedBytes()).isEqualTo(1 << 20);

    assertThat(tryPut(100, 0, random(5_000), /* nowNs= */ 1)).as("all are live").isNull();
    assertThat(evicted).isEmpty();
    assertThat(tryPut(100, 0, random(5_000), Duration.ofSeconds(20).toNanos())).isNotNull();

    assertThat(evicted).as("a file goes as one").hasSize(8);
    assertThat(store.usedBytes()).isEqualTo((1 << 20) - 7L * 2 * PAGE);
    assertThat(drops("refused")).isEqualTo(1);
    assertThat(drops("evicted")).isEqualTo(8);
  }

  @Test
  void takesNoBytesOfAnotherHash() {
    Bytes right = random(6_000);
    PartBytes slot = store.slot(new PartKey(TIMELINE, 1, 1, 0), _ -> {});
    store.put(slot, new Fence(1, 1), random(6_000), 0);

    assertThat(store.announce(slot, sha256(right))).isFalse();
    assertThat(store.put(slot, new Fence(1, 1), random(6_000), 0)).isFalse();
    assertThat(store.put(slot, new Fence(1, 1), right, 0)).isTrue();

    ByteBuf bytes = retained(slot);
    assertThat(ByteBufUtil.getBytes(bytes)).isEqualTo(right.toArray());
    bytes.release();
    assertThat(drops("hash")).isEqualTo(2);
  }

  @Test
  void beginsAnotherFileForAPartThatDoesNotFit() {
    Bytes large = random(17 << 20);
    put(1, 0, random(5_000));

    ByteBuf bytes = retained(put(1, 1, large));

    assertThat(ByteBufUtil.getBytes(bytes)).isEqualTo(large.toArray());
    assertThat(store.fileCount()).isEqualTo(2);
    bytes.release();
  }

  @Test
  void keepsPartsInBuffersBeyondTheFilesThatItMayHaveOpen() {
    store.close();
    store = files(64 << 20, 1);
    put(1, 0, random(5_000));
    Bytes data = random(5_000);

    ByteBuf bytes = retained(put(2, 0, data));

    assertThat(MemoryFile.of(bytes)).isNull();
    assertThat(ByteBufUtil.getBytes(bytes)).isEqualTo(data.toArray());
    assertThat(store.fileCount()).isEqualTo(1);
    assertThat(store.usedBytes()).isEqualTo(2L * PAGE + bytes.writerIndex());
    assertThat(counter("file_failures", "", "")).isEqualTo(1);
    bytes.release();
  }

  @Test
  void keepsPartsInBuffersWhereThereIsNoDirectoryInMemory(@TempDir Path disk) {
    for (Path directory : List.of(disk, disk.resolve("none"))) {
      store.close();
      store = store(PartStoreConfig.defaults().withFiles(directory, 100));

      ByteBuf bytes = retained(put(1, 0, random(5_000)));

      assertThat(MemoryFile.of(bytes)).isNull();
      assertThat(bytes.readerIndex()).as("its head").isPositive();
      bytes.release();
    }
  }

  @Test
  void saysThatADirectoryIsSmallerThanTheBudget() {
    assertThat(MemoryFiles.trouble(SHARED_MEMORY, 1L << 60)).isPresent();
    assertThat(MemoryFiles.trouble(SHARED_MEMORY, 1L << 20)).isEmpty();
  }

  @Test
  void filesHaveNoName() throws IOException {
    put(1, 0, random(5_000));

    String ours = "millrace-parts-" + ProcessHandle.current().pid();
    try (Stream<Path> names = Files.list(SHARED_MEMORY)) {
      assertThat(names.map(each -> each.getFileName().toString()))
          .noneMatch(name -> name.startsWith(ours));
    }
  }

  private PartBytes put(long msn, int part, Bytes data) {
    return Objects.requireNonNull(tryPut(msn, part, data, 0));
  }

  private @Nullable PartBytes tryPut(long msn, int part, Bytes data, long nowNs) {
    PartKey key = new PartKey(TIMELINE, 1, msn, part);
    PartBytes slot = store.slot(key, each -> evicted.add(each.key()));
    if (!store.put(slot, new Fence(1, 1), data, nowNs)) {
      return null;
    }
    assertThat(store.announce(slot, sha256(data))).isTrue();
    return slot;
  }

  private static ByteBuf retained(PartBytes slot) {
    return Objects.requireNonNull(slot.retained());
  }

  private Bytes random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static Bytes sha256(Bytes data) {
    try {
      return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(data.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** How many mappings of memory files the process has. */
  private static int mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return (int) lines.filter(line -> line.contains("millrace-parts-")).count();
    }
  }

  private double drops(String reason) {
    return counter("part_drops", "reason", reason);
  }

  private double counter(String name, String label, String value) {
    return registry.scrape(each -> each.equals("millrace_edge_window_" + name)).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(point -> label.isEmpty() || value.equals(point.getLabels().get(label)))
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }
}
