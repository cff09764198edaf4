package io.millrace.delivery.http;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Makes Linux's calls that send a head and a file behind it in the same packets: {@code send} with
 * MSG_MORE, which Netty has not, and {@code sendfile}. Confined to an event loop.
 */
final class FileCalls {
  // The same on x86-64 and AArch64.
  private static final int AGAIN = 11;
  private static final int INTERRUPTED = 4;
  private static final int MORE = 0x8000;
  private static final int NO_SIGNAL = 0x4000;
  private static final int NO_WAIT = 0x40;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SEND =
      handle("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SENDFILE =
      handle("sendfile", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));

  private final MemorySegment state;
  private final MemorySegment offset;

  FileCalls() {
    Arena arena = Arena.ofAuto();
    state = arena.allocate(STATE);
    offset = arena.allocate(JAVA_LONG);
  }

  /** Whether this machine has these calls as they are told here. */
  static boolean isAvailable() {
    String processor = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (processor.equals("amd64") || processor.equals("aarch64"))
        && PlatformDependent.hasUnsafe();
  }

  @SuppressWarnings("restricted") // the signatures are those of the manual
  private static MethodHandle handle(String name, FunctionDescriptor function) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        function,
        Linker.Option.captureCallState("errno"));
  }

  /**
   * Sends what the socket takes, and has it wait for more; returns how much: 0 where it is full.
   */
  long sendAhead(int socket, long address, long length) throws IOException {
    long sent;
    do {
      sent = send(socket, address, length);
    } while (sent < 0 && errno() == INTERRUPTED);
    return taken("send", sent);
  }

  /** Sends of the file what the socket takes; returns how much: 0 where it is full. */
  long sendFile(int socket, int file, long position, long length) throws IOException {
    long sent;
    do {
      offset.set(JAVA_LONG, 0, position);
      sent = sendFile(socket, file, length);
    } while (sent < 0 && errno() == INTERRUPTED);
    if (sent == 0 && length > 0) {
      throw new IOException("sendfile: the file ends at " + position);
    }
    return taken("sendfile", sent);
  }

  private long send(int socket, long address, long length) {
    try {
      return (long) SEND.invokeExact(state, socket, address, length, MORE | NO_SIGNAL | NO_WAIT);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private long sendFile(int socket, int file, long length) {
    try {
      return (long) SENDFILE.invokeExact(state, socket, file, offset, length);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private long taken(String call, long sent) throws IOException {
    if (sent >= 0) {
      return sent;
    }
    if (errno() == AGAIN) {
      return 0;
    }
    throw new IOException(call + ": errno " + errno());
  }

  private int errno() {
    return (int) ERRNO.get(state, 0L);
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library could not be made", e);
  }
}
