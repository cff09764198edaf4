package io.millrace.control.link;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.control.link.wire.DirectoryUpdate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk what a node must not forget: its credential and the directory. Files are replaced
 * whole, and readable by their owner only. Blocking.
 */
final class NodeState {
  private static final Logger log = LoggerFactory.getLogger(NodeState.class);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final int CREDENTIAL_BYTES = 32;

  private final Path credentialFile;
  private final Path directoryFile;

  NodeState(Path directory) throws IOException {
    Files.createDirectories(directory);
    this.credentialFile = directory.resolve("credential");
    this.directoryFile = directory.resolve("directory.bin");
  }

  Path directoryFile() {
    return directoryFile;
  }

  /** Reads the node's credential; makes one where there is none. */
  String credential() throws IOException {
    try {
      String kept = Files.readString(credentialFile).strip();
      if (!kept.isEmpty()) {
        return kept;
      }
    } catch (NoSuchFileException e) {
      log.debug("No credential yet, making one");
    }
    byte[] secret = new byte[CREDENTIAL_BYTES];
    new SecureRandom().nextBytes(secret);
    String made = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    replace(credentialFile, made.getBytes(StandardCharsets.UTF_8));
    return made;
  }

  /** Reads the directory as it was saved last; empty where there is none that can be read. */
  DirectoryState directory() {
    try {
      DirectoryUpdate saved = DirectoryUpdate.parseFrom(Files.readAllBytes(directoryFile));
      return DirectoryState.NONE.with(LinkMessages.directory(saved), KeptDirectory.nowS());
    } catch (NoSuchFileException e) {
      return DirectoryState.NONE;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      log.warn("{} cannot be read and will be fetched anew: {}", directoryFile, e.getMessage());
      return DirectoryState.NONE;
    } catch (IOException e) {
      log.warn("{} cannot be read and will be fetched anew", directoryFile, e);
      return DirectoryState.NONE;
    }
  }

  void save(DirectoryState state) throws IOException {
    replace(directoryFile, LinkMessages.directory(state.snapshot()).toByteArray());
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    try (FileChannel out =
        FileChannel.open(
            next,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
