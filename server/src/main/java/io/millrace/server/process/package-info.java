/**
 * The millrace command as child processes, for what measures and tests it from outside.
 *
 * <p>First class to read: {@link io.millrace.server.process.MillraceProcess}.
 */
@NullMarked
package io.millrace.server.process;

import org.jspecify.annotations.NullMarked;
