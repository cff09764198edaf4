package io.millrace.window.store;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Opens files in a directory in memory, and counts them. They have no name there from the beginning
 * on, so nothing is left behind by a process that is killed. Confined to the agent thread but for
 * what files tell of their end, and for reading the counts.
 */
final class MemoryFiles {
  /** Of a file's place among addresses, which costs nothing; its memory is what was written. */
  private static final int MAPPED_BYTES = 16 << 20;

  private final Path directory;
  private final int most;
  private final MemoryCalls calls = new MemoryCalls();
  private final int pageSize = MemoryCalls.pageSize();
  private final AtomicLong allocatedBytes = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();
  private final String prefix;
  private long opened;

  MemoryFiles(Path directory, int most) {
    this.directory = directory;
    this.most = most;
    this.prefix =
        "millrace-parts-%d-%x-"
            .formatted(ProcessHandle.current().pid(), System.identityHashCode(this));
  }

  /** Why the directory cannot keep so many bytes in memory; empty where it can. */
  static Optional<String> trouble(Path directory, long bytes) {
    if (!CLibrary.isAvailable() || !PlatformDependent.hasUnsafe()) {
      return Optional.of("parts can be kept in files of a directory on Linux only");
    }
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      return Optional.of(directory + " is not there, or cannot be written");
    }
    try {
      String type = Files.getFileStore(directory).type();
      if (!type.equals("tmpfs")) {
        return Optional.of("%s is not in memory, but of type %s".formatted(directory, type));
      }
      long free = Files.getFileStore(directory).getUsableSpace();
      return free < bytes
          ? Optional.of(
              "%s has %d MiB free, and parts may take %d MiB"
                  .formatted(directory, free >> 20, bytes >> 20))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(directory + " cannot be looked at: " + e.getMessage());
    }
  }

  /** A new file with place for {@code bytes} at least; null where none can be had. */
  @Nullable MemoryFile open(int bytes) {
    if (open.get() >= most) {
      return null;
    }
    int file = calls.openUnnamed(directory.resolve(prefix + opened++));
    if (file < 0) {
      return null;
    }
    int mapped = Math.max(MAPPED_BYTES, inPages(bytes));
    long address = calls.map(file, mapped);
    if (!MemoryCalls.isMapped(address)) {
      MemoryCalls.close(file);
      return null;
    }
    open.incrementAndGet();
    return new MemoryFile(this, file, address, mapped);
  }

  MemoryCalls calls() {
    return calls;
  }

  /** Rounded up to whole pages. */
  int inPages(int bytes) {
    return Math.ceilDiv(bytes, pageSize) * pageSize;
  }

  /** Any thread. */
  void allocated(int change) {
    allocatedBytes.addAndGet(change);
  }

  /** Any thread. */
  void ended() {
    open.decrementAndGet();
  }

  /** Of all files that are not closed. Any thread. */
  long allocatedBytes() {
    return allocatedBytes.get();
  }

  /** Files that are not closed. Any thread. */
  int count() {
    return open.get();
  }
}
