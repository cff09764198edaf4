/**
 * {@code millrace bench …}: measures this machine and prints what it was compared with. Read {@link
 * io.millrace.bench.command.LatencyCommand} first.
 */
@NullMarked
package io.millrace.bench.command;

import org.jspecify.annotations.NullMarked;
