/** The millrace command as child processes: what is measured runs apart from what measures. */
@NullMarked
package io.millrace.bench.process;

import org.jspecify.annotations.NullMarked;
