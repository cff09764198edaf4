package io.millrace.window;

/** Hears that a channel's view changed or that bytes which were missing came or will not come. */
@FunctionalInterface
public interface WindowListener {
  /** Called on the fabric's agent thread; must not block it. */
  void onWindowChanged();
}
