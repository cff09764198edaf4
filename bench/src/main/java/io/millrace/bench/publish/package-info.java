/** A publisher over a blocking socket that knows when it wrote what; one virtual thread each. */
@NullMarked
package io.millrace.bench.publish;

import org.jspecify.annotations.NullMarked;
