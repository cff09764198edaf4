/**
 * The data directory: who uses it, the addresses in use, and the child processes that a killed
 * process left behind.
 *
 * <p>First class to read: {@link io.millrace.server.data.DataDirectory}.
 */
@NullMarked
package io.millrace.server.data;

import org.jspecify.annotations.NullMarked;
