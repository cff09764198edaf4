package io.millrace.window.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Makes Linux's calls for files in memory: {@code open}, {@code unlink}, {@code pwrite}, {@code
 * mmap}, {@code munmap}, {@code close}. Confined to one thread but for {@link #end}.
 */
final class MemoryCalls {
  // The same on x86-64 and AArch64.
  private static final int READ_WRITE = 2;
  private static final int CREATE_NEW = 0x40 | 0x80;
  private static final int CLOSE_ON_EXEC = 0x8_0000;
  private static final int OWNER_ONLY = 0600;
  private static final int READ = 1;
  private static final int SHARED = 1;
  private static final long FAILED = -1;

  private static final MethodHandle OPEN =
      CLibrary.function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          CLibrary.WITH_ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle UNLINK =
      CLibrary.function("unlink", FunctionDescriptor.of(JAVA_INT, ADDRESS), CLibrary.WITH_ERRNO);

  /** May be given arrays on the heap: it copies and does not wait. */
  private static final MethodHandle PWRITE =
      CLibrary.function(
          "pwrite",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG),
          CLibrary.WITH_ERRNO,
          Linker.Option.critical(/* allowHeapAccess= */ true));

  private static final MethodHandle MMAP =
      CLibrary.function(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
          CLibrary.WITH_ERRNO);
  private static final MethodHandle MUNMAP =
      CLibrary.function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle CLOSE =
      CLibrary.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle PAGE_SIZE =
      CLibrary.function("getpagesize", FunctionDescriptor.of(JAVA_INT));

  private final CLibrary.Errno errno = new CLibrary.Errno();

  static int pageSize() {
    try {
      return (int) PAGE_SIZE.invokeExact();
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
  }

  /** What the call that failed last says of it. */
  int errno() {
    return errno.value();
  }

  /** A new file that has no name any more; -1 where there is none. */
  int openUnnamed(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString());
      int file =
          (int)
              OPEN.invokeExact(
                  errno.state(), name, READ_WRITE | CREATE_NEW | CLOSE_ON_EXEC, OWNER_ONLY);
      if (file >= 0 && (int) UNLINK.invokeExact(errno.state(), name) != 0) {
        close(file);
        return -1;
      }
      return file;
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
  }

  /** Whether all that is left of {@code data} was written. */
  boolean writeAll(int file, ByteBuffer data, long position) {
    MemorySegment rest = MemorySegment.ofBuffer(data);
    long at = position;
    try {
      while (rest.byteSize() > 0) {
        long written = (long) PWRITE.invokeExact(errno.state(), file, rest, rest.byteSize(), at);
        if (written <= 0) {
          return false;
        }
        at += written;
        rest = rest.asSlice(written);
      }
      return true;
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
  }

  /** The address of the file's first {@code bytes}, to be read; -1 where there is none. */
  long map(int file, long bytes) {
    try {
      return (long) MMAP.invokeExact(errno.state(), 0L, bytes, READ, SHARED, file, 0L);
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
  }

  static boolean isMapped(long address) {
    return address != FAILED;
  }

  /** What is mapped, as a buffer. */
  @SuppressWarnings("restricted") // as long as it was mapped
  static ByteBuffer buffer(long address, int bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes).asByteBuffer();
  }

  /** Gives the file and its mapping back. Any thread. */
  static void end(int file, long address, long bytes) {
    try {
      var _ = (int) MUNMAP.invokeExact(address, bytes);
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
    close(file);
  }

  static void close(int file) {
    try {
      var _ = (int) CLOSE.invokeExact(file);
    } catch (Throwable e) {
      throw CLibrary.unexpected(e);
    }
  }
}
