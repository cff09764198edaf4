package io.millrace.sdk.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/** Ends an HttpClient's thread at once where Java can (21 and later). */
final class HttpClients {
  private static final @Nullable MethodHandle SHUTDOWN_NOW = find();

  private HttpClients() {}

  private static @Nullable MethodHandle find() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(HttpClient.class, "shutdownNow", MethodType.methodType(void.class));
    } catch (ReflectiveOperationException e) {
      return null; // Java 17: it ends when it is collected
    }
  }

  static void shutDown(HttpClient client) {
    if (SHUTDOWN_NOW == null) {
      return;
    }
    try {
      SHUTDOWN_NOW.invoke(client);
    } catch (Throwable e) {
      throw new IllegalStateException("HttpClient.shutdownNow throws nothing", e);
    }
  }
}
