/**
 * The commands, one class each, by picocli.
 *
 * <p>A command prints what it answers to standard output, as JSON with {@code --json}; one line of
 * error goes to standard error, and the exit status is 0 only where it worked (2: the command line
 * was wrong, 1: all else). First class to read: {@link io.millrace.server.command.Millrace}.
 */
@NullMarked
package io.millrace.server.command;

import org.jspecify.annotations.NullMarked;
