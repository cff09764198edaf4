package io.millrace.fabric.aeron;

import io.millrace.fabric.FabricException;
import io.millrace.fabric.FabricException.Scope;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that one process at a time uses an Aeron directory. The lock is a file beside it; the
 * operating system gives it back when its owner dies, however it dies.
 */
final class DirectoryLock implements AutoCloseable {
  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws FabricException where another has it
   */
  static DirectoryLock take(Path directory) {
    Path file = directory.resolveSibling(directory.getFileName() + ".lock");
    FileChannel channel = null;
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new DirectoryLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as for another one.
    } catch (IOException e) {
      quietClose(channel);
      throw new FabricException(Scope.FABRIC, "cannot lock " + file, e);
    }
    quietClose(channel);
    throw new FabricException(Scope.FABRIC, "%s is in use by another fabric".formatted(directory));
  }

  private static void quietClose(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new FabricException(Scope.FABRIC, "cannot close a lock file", e);
    }
  }

  /** Gives the lock back. The file stays: deleting it would let two owners in. */
  @Override
  public void close() {
    quietClose(channel);
  }
}
