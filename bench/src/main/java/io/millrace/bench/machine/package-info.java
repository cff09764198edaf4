/** What the machine does meanwhile: processor time of processes, load, a loopback echo as floor. */
@NullMarked
package io.millrace.bench.machine;

import org.jspecify.annotations.NullMarked;
