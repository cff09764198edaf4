package io.millrace.server.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.server.settings.Limits;
import io.millrace.server.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * Fits the viewers' connections to the files that the process may open: when those run out, ports
 * take nobody any more.
 */
public final class OpenFiles {
  /** Of the process itself: jars, Aeron's files, the database, links. */
  private static final long OTHERS = 1_000;

  /** Half as many again as a process with all roles has open before anybody comes. */
  private static final long LEAST = 320;

  private OpenFiles() {}

  /** Why nothing can start with so many; empty where it can. */
  public static Optional<String> trouble(long files) {
    return files < LEAST
        ? Optional.of("%d at most (expected: at least %d)".formatted(files, LEAST))
        : Optional.empty();
  }

  /** How many files, sockets included, the process may have open. */
  public static long most() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  /** Memory files that the parts of one role may take. */
  static int parts(Settings settings, long files) {
    return (int) Math.min(settings.get(Limits.WINDOW_FILES), Math.max(1, files / 16));
  }

  /**
   * Viewers' connections: the setting's, or what the other ports leave of {@code files}, but half
   * of them at least.
   */
  public static int viewers(Settings settings, long files) {
    long others =
        OTHERS
            + 2L * parts(settings, files)
            + settings.get(Limits.RTMP_CONNECTIONS)
            + settings.get(Limits.CONTROL_CONNECTIONS)
            + settings.get(Limits.CONTROL_NODE_CONNECTIONS)
            + settings.get(Limits.METRICS_CONNECTIONS);
    long left = Math.max(files / 2, files - others);
    return (int) Math.min(settings.get(Limits.HTTP_CONNECTIONS), left);
  }
}
