/** Tests of the command as whole processes: start, stop, what is left behind, and joining. */
@NullMarked
package io.millrace.server.process;

import org.jspecify.annotations.NullMarked;
