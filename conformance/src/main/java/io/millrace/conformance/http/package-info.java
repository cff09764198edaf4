/**
 * Fetching with times and limits: when the head came, when which bytes came. {@link
 * io.millrace.conformance.http.Fetcher} is what the rest sees; blocking, on virtual threads.
 */
@NullMarked
package io.millrace.conformance.http;

import org.jspecify.annotations.NullMarked;
