package io.millrace.server.node;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the operating system's signals. The JDK has no other way to them than {@code
 * sun.misc.Signal} of the module {@code jdk.unsupported}; it is called by reflection, because the
 * compiler's warning about it cannot be turned off.
 */
public final class Signals {
  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Calls {@code action} on a thread of the JVM's each time the signal (INT, TERM, HUP) comes. */
  public static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                switch (method.getName()) {
                  case "handle" -> action.run();
                  case "hashCode" -> {
                    return System.identityHashCode(self);
                  }
                  case "equals" -> {
                    return System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                  }
                  default -> {
                    return "handler of " + name;
                  }
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
      log.warn("The signal {} cannot be taken: {}", name, String.valueOf(cause));
    }
  }
}
