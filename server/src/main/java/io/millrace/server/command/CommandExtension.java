package io.millrace.server.command;

/**
 * Adds a subcommand of {@code millrace}; found by {@link java.util.ServiceLoader}, so that a module
 * that depends on this one can have its own.
 */
public interface CommandExtension {
  /** A new instance of a class with picocli's {@code @Command}. */
  Object command();
}
