/** Parts of the checker that hold what they measured, each by itself. */
package io.millrace.conformance.hls;
