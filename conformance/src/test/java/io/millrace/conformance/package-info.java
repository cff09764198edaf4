/**
 * Each rule on a stream that breaks it and on one that keeps it, both from a {@link
 * io.millrace.conformance.FakeOrigin} with a clock of its own.
 */
package io.millrace.conformance;
