/** JMH benchmarks of single steps; {@code bench package} runs them in processes of their own. */
@NullMarked
package io.millrace.bench.jmh;

import org.jspecify.annotations.NullMarked;
