package io.millrace.fabric.aeron;

import io.millrace.fabric.FabricException;
import io.millrace.fabric.FabricException.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes sure that one process at a time uses an Aeron directory. The lock is a file beside it; the
 * operating system gives it back when its owner dies, however it dies. The owner removes the file
 * before it gives the lock back, so whoever gets the lock has to see whether its file is still the
 * one that has the name.
 */
final class DirectoryLock implements AutoCloseable {
  static final String SUFFIX = ".lock";

  /** {@link LeftDirectories} of another process holds the lock of a dead one for a moment. */
  private static final long PATIENCE_NS = 1_000_000_000;

  private static final long RETRY_NS = 10_000_000;
  private static final int MOST_ATTEMPTS = 1_000;

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws FabricException where another has it
   */
  static DirectoryLock take(Path directory) {
    long untilNs = System.nanoTime() + PATIENCE_NS;
    while (true) {
      Optional<DirectoryLock> lock;
      try {
        lock = tryTake(directory);
      } catch (IOException e) {
        throw new FabricException(Scope.FABRIC, "cannot lock " + fileOf(directory), e);
      }
      if (lock.isPresent()) {
        return lock.get();
      }
      if (System.nanoTime() - untilNs > 0) {
        throw new FabricException(
            Scope.FABRIC, "%s is in use by another fabric".formatted(directory));
      }
      LockSupport.parkNanos(RETRY_NS);
    }
  }

  /** Takes the lock; empty where another has it, of this process or of another one. */
  static Optional<DirectoryLock> tryTake(Path directory) throws IOException {
    Path file = fileOf(directory);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      create(file);
      FileChannel channel = null;
      boolean taken = false;
      try {
        // Anybody may put a link to any file of ours where the lock is to be, or a pipe.
        if (!attributes(file).isRegularFile()) {
          throw new IOException(file + " is no file (expected: one, or nothing)");
        }
        channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        if (channel.tryLock() == null) {
          return Optional.empty();
        }
        taken = isNamed(channel, file);
        if (taken) {
          return Optional.of(new DirectoryLock(file, channel));
        }
      } catch (NoSuchFileException e) {
        // Its owner has just removed it.
      } catch (OverlappingFileLockException e) {
        return Optional.empty(); // held by this very process
      } finally {
        if (channel != null && !taken) {
          channel.close();
        }
      }
    }
    return Optional.empty();
  }

  private static Path fileOf(Path directory) {
    return directory.resolveSibling(directory.getFileName() + SUFFIX);
  }

  private static void create(Path file) throws IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // Of a live owner or of a dead one: its lock will tell.
    }
  }

  /**
   * Whether the name is of the channel's file: it has the size that the channel gives it. Numbers
   * of inodes do not tell, for a file that was removed gives its number to the next; and to open it
   * once more would give the lock back. Where there is no room for a byte the name is trusted: what
   * takes the room may be what the lock's owner is about to remove.
   */
  private static boolean isNamed(FileChannel channel, Path file) throws IOException {
    int size = ThreadLocalRandom.current().nextInt(1, 1 << 20);
    try {
      channel.write(ByteBuffer.allocate(1), size - 1L);
    } catch (ClosedChannelException e) {
      throw e; // and with the channel went the lock
    } catch (IOException e) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
    boolean named = attributes(file).size() == size;
    channel.truncate(0);
    return named;
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes the file and gives the lock back. */
  @Override
  public void close() {
    try (channel) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new FabricException(Scope.FABRIC, "cannot remove " + file, e);
    }
  }
}
