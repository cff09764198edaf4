package io.millrace.server.data;

import io.millrace.server.ServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Holds a process's data directory, locked against a second process. The lock is the operating
 * system's, so it ends with the process, however that ends.
 */
public final class DataDirectory implements AutoCloseable {
  /** File with the administrator's token. */
  public static final String ADMIN_TOKEN = "admin-token";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path path;
  private final FileChannel lockChannel;
  private final FileLock lock;
  private final Children children;

  private DataDirectory(Path path, FileChannel lockChannel, FileLock lock) {
    this.path = path;
    this.lockChannel = lockChannel;
    this.lock = lock;
    this.children = new Children(path.resolve("run"));
  }

  /** Creates the directory where there is none, and locks it. */
  public static DataDirectory open(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    try {
      createPrivate(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = Files.readString(path.resolve("lock")).strip();
        channel.close();
        throw new ServerException(
            "%s is in use by millrace%s: stop it, or give another directory with --data"
                .formatted(directory, holder.isEmpty() ? "" : " pid " + holder));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
          0);
      Files.deleteIfExists(path.resolve(Endpoints.FILE));
      return new DataDirectory(path, channel, lock);
    } catch (IOException e) {
      throw new ServerException("%s cannot be used: %s".formatted(directory, reason(e)), e);
    }
  }

  private static void createPrivate(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    // It holds secrets, and is often made in a clone.
    Files.writeString(path.resolve(".gitignore"), "*\n");
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this same process holds it
    }
  }

  private static String reason(IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return "it is not a directory";
    }
    return e.getClass().getSimpleName() + " " + e.getMessage();
  }

  public Path path() {
    return path;
  }

  public Path resolve(String name) {
    return path.resolve(name);
  }

  public Children children() {
    return children;
  }

  /** Tells commands on this machine where everything is. */
  public void write(Endpoints endpoints) {
    replace(Endpoints.FILE, endpoints.toJson() + "\n");
  }

  /** Reads a small file that this process keeps for its owner only. */
  public Optional<String> secret(String name) {
    return readSecret(path.resolve(name));
  }

  public void keepSecret(String name, String text) {
    replace(name, text + "\n");
  }

  public static Optional<String> readSecret(Path file) {
    try {
      return Files.exists(file)
          ? Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty())
          : Optional.empty();
    } catch (IOException e) {
      throw new ServerException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The node's name: the one kept here, or a new one. */
  public String nodeId() {
    return secret("node-id")
        .orElseGet(
            () -> {
              String made =
                  "node-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
              keepSecret("node-id", made);
              return made;
            });
  }

  private void replace(String name, String text) {
    Path target = path.resolve(name);
    Path draft = path.resolve(name + ".new");
    try {
      Files.deleteIfExists(draft);
      Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.writeString(draft, text);
      try {
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new ServerException("%s cannot be written: %s".formatted(target, e.getMessage()), e);
    }
  }

  /** Gives the directory free. What is in it stays, but for the addresses that are no more. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(path.resolve(Endpoints.FILE));
      lock.release();
      lockChannel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
