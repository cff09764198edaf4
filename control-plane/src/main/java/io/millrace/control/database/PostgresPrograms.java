package io.millrace.control.database;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks Postgres' programs from the class path, once for each build of them: into a directory
 * that gets its final name when it is complete.
 */
final class PostgresPrograms {
  private static final Logger log = LoggerFactory.getLogger(PostgresPrograms.class);

  /** Of what the class path brings, as databases name it; they are of one major version each. */
  static final String MAJOR_VERSION = "18";

  private PostgresPrograms() {}

  /** The directory with {@code bin}, {@code lib} and {@code share}. */
  static Path in(Path cache) throws IOException {
    String platform = platform();
    URL archive = PostgresPrograms.class.getResource("/postgres-" + platform + ".txz");
    if (archive == null) {
      throw new DatabaseException(
          "There is no embedded Postgres for %s: set control.database.url to a Postgres of your own"
              .formatted(platform));
    }
    Path unpacked = cache.resolve("postgres-%s-%s".formatted(platform, fingerprint(archive)));
    if (!Files.isDirectory(unpacked)) {
      Files.createDirectories(cache);
      unpackOnce(archive, unpacked);
    }
    return unpacked;
  }

  private static void unpackOnce(URL archive, Path unpacked) throws IOException {
    Path lockFile = unpacked.resolveSibling(unpacked.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (Files.isDirectory(unpacked)) {
        return;
      }
      log.info("Unpacking Postgres to {}", unpacked);
      Path partial = unpacked.resolveSibling(unpacked.getFileName() + ".partial");
      deleteTree(partial);
      try (InputStream in = new UntilInterrupted(archive.openStream())) {
        unpack(in, partial);
      } catch (InterruptedIOException e) {
        deleteTree(partial);
        throw e;
      }
      Files.move(partial, unpacked, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Ends when the reading thread is interrupted, which nothing else in the unpacking heeds. */
  private static final class UntilInterrupted extends FilterInputStream {
    UntilInterrupted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      require();
      return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      require();
      return super.read(bytes, offset, length);
    }

    private static void require() throws InterruptedIOException {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while unpacking");
      }
    }
  }

  private static void unpack(InputStream archive, Path target) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(archive))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        UntilInterrupted.require(); // hundreds of small files come out of one read
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException(entry.getName() + " (expected: a path inside the archive)");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else if (entry.isSymbolicLink() || entry.isLink()) {
          Files.createDirectories(file.resolveSibling("."));
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(file.resolveSibling("."));
          Files.copy(tar, file);
          if (file.startsWith(target.resolve("bin"))) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }
      }
    }
  }

  /** Tells builds apart by the checksum that the jar has of the archive, without reading it. */
  private static String fingerprint(URL archive) throws IOException {
    URLConnection connection = archive.openConnection();
    if (connection instanceof JarURLConnection jar && jar.getJarEntry() != null) {
      return "%08x".formatted(jar.getJarEntry().getCrc());
    }
    return Long.toString(connection.getContentLengthLong());
  }

  private static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "");
    return "%s-%s"
        .formatted(
            os.startsWith("mac") ? "darwin" : os.replace(' ', '_'),
            switch (arch) {
              case "amd64", "x86_64" -> "x86_64";
              case "aarch64" -> "arm_64";
              default -> arch;
            });
  }

  static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException error)
              throws IOException {
            if (error != null) {
              throw error;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
