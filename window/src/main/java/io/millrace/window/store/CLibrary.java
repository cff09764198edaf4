package io.millrace.window.store;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Finds the C library's functions; constants of Linux are those of x86-64 and AArch64. */
public final class CLibrary {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /** Has a function take the {@link Errno#state} as its first argument. */
  public static final Linker.Option WITH_ERRNO = Linker.Option.captureCallState("errno");

  private CLibrary() {}

  /** Whether this machine has Linux's calls as they are told here. */
  public static boolean isAvailable() {
    String processor = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (processor.equals("amd64") || processor.equals("aarch64"));
  }

  /** The function of that name, whose signature is that of the manual. */
  @SuppressWarnings("restricted")
  public static MethodHandle function(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), signature, options);
  }

  /** A call that could not be made at all, which none of them is expected to. */
  public static IllegalStateException unexpected(Throwable cause) {
    return new IllegalStateException("a call of the C library could not be made", cause);
  }

  /** Keeps what the calls of one thread say of their failures. */
  public static final class Errno {
    private final MemorySegment state = Arena.ofAuto().allocate(STATE);

    /** What a function with {@link #WITH_ERRNO} is given. */
    public MemorySegment state() {
      return state;
    }

    /** What the call that failed last says of it. */
    public int value() {
      return (int) ERRNO.get(state, 0L);
    }
  }
}
