/**
 * Serves {@code /metrics}, {@code /health/live} and {@code /health/ready} of a process, by the
 * JDK's own HTTP server on virtual threads.
 */
@NullMarked
package io.millrace.server.health;

import org.jspecify.annotations.NullMarked;
