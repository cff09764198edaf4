package io.millrace.delivery.http;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.millrace.window.store.CLibrary;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Makes Linux's calls that send a head and a file behind it in the same packets: {@code send} with
 * MSG_MORE, which Netty has not, and {@code sendfile}. Confined to an event loop.
 */
final class FileCalls {
  private static final int AGAIN = 11;
  private static final int INTERRUPTED = 4;
  private static final int MORE = 0x8000;
  private static final int NO_SIGNAL = 0x4000;
  private static final int NO_WAIT = 0x40;

  private static final MethodHandle SEND =
      CLibrary.function(
          "send",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT),
          CLibrary.WITH_ERRNO);
  private static final MethodHandle SENDFILE =
      CLibrary.function(
          "sendfile",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG),
          CLibrary.WITH_ERRNO);

  private final CLibrary.Errno errno = new CLibrary.Errno();
  private final MemorySegment offset = Arena.ofAuto().allocate(JAVA_LONG);

  /** Whether this machine has these calls, and tells where its buffers are. */
  static boolean isAvailable() {
    return CLibrary.isAvailable() && PlatformDependent.hasUnsafe();
  }

  /**
   * Sends what the socket takes, and has it wait for more; returns how much: 0 where it is full.
   */
  long sendAhead(int socket, long address, long length) throws IOException {
    long sent;
    do {
      sent = send(socket, address, length);
    } while (sent < 0 && errno.value() == INTERRUPTED);
    return taken("send", sent);
  }

  /** Sends of the file what the socket takes; returns how much: 0 where it is full. */
  long sendFile(int socket, int file, long position, long length) throws IOException {
    long sent;
    do {
      offset.set(JAVA_LONG, 0, position);
      sent = sendFile(socket, file, length);
    } while (sent < 0 && errno.value() == INTERRUPTED);
    if (sent == 0 && length > 0) {
      throw new IOException("sendfile: the file ends at " + position);
    }
    return taken("sendfile", sent);
  }

  private long send(int socket, long address, long length) {
    try {
      return (long)
          SEND.invokeExact(errno.state(), socket, address, length, MORE | NO_SIGNAL | NO_WAIT);
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
  }

  private long sendFile(int socket, int file, long length) {
    try {
      return (long) SENDFILE.invokeExact(errno.state(), socket, file, offset, length);
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
  }

  private long taken(String call, long sent) throws IOException {
    if (sent >= 0) {
      return sent;
    }
    if (errno.value() == AGAIN) {
      return 0;
    }
    throw new IOException(call + ": errno " + errno.value());
  }
}
