/**
 * Serves {@code /metrics}, {@code /health/live} and {@code /health/ready} of a process, a request
 * to a connection.
 */
@NullMarked
package io.millrace.server.health;

import org.jspecify.annotations.NullMarked;
