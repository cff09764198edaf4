/**
 * A process with its roles: what is started in which order, wired by hand, and stopped in reverse.
 *
 * <p>The parts of a process find each other through the directory; those in the same process are
 * linked over shared memory. First class to read: {@link io.millrace.server.node.Node}.
 */
@NullMarked
package io.millrace.server.node;

import org.jspecify.annotations.NullMarked;
