package io.millrace.fabric.aeron;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the directories that killed processes have left in shared memory: nobody else would where
 * their data is never used again. Only those with a name of ours, of the same user, whose lock is
 * free.
 */
final class LeftDirectories {
  private static final Logger log = LoggerFactory.getLogger(LeftDirectories.class);
  private static final Pattern NAME =
      Pattern.compile(
          Pattern.quote(FabricConfig.NAME_PREFIX)
              + "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?<lock>"
              + Pattern.quote(DirectoryLock.SUFFIX)
              + ")?");

  private LeftDirectories() {}

  /** Looks beside a directory of this process, whose lock it holds. */
  static void remove(Path own) {
    Path parent = own.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    try {
      UserPrincipal user =
          Files.getOwner(own.resolveSibling(own.getFileName() + DirectoryLock.SUFFIX));
      for (String name : names(parent, user)) {
        if (!name.equals(own.getFileName().toString())) {
          removeIfLeft(parent.resolve(name));
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      log.debug("what was left in {} cannot be removed", parent, e);
    }
  }

  private static Set<String> names(Path parent, UserPrincipal user) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(parent, FabricConfig.NAME_PREFIX + "*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        Matcher matcher = NAME.matcher(name);
        if (matcher.matches() && isOf(entry, user)) {
          names.add(
              matcher.group("lock") == null ? name : name.substring(0, matcher.start("lock")));
        }
      }
    }
    return names;
  }

  private static boolean isOf(Path entry, UserPrincipal user) {
    try {
      return Files.getOwner(entry, LinkOption.NOFOLLOW_LINKS).equals(user);
    } catch (IOException e) {
      return false; // it has just gone
    }
  }

  private static void removeIfLeft(Path directory) {
    try {
      Optional<DirectoryLock> lock = DirectoryLock.tryTake(directory);
      if (lock.isPresent()) {
        try (DirectoryLock _ = lock.get()) {
          removeTree(directory);
        }
        log.debug("removed what a dead process had left: {}", directory);
      }
    } catch (IOException e) {
      log.debug("{} cannot be removed", directory, e);
    }
  }

  /** Removes the directory of a start that failed; its lock is held. */
  static void removeFailed(Path directory) {
    try {
      removeTree(directory);
    } catch (IOException e) {
      log.debug("{} cannot be removed", directory, e);
    }
  }

  private static void removeTree(Path tree) throws IOException {
    if (!Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
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
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException error)
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
