/**
 * A plain HTTP/1.1 client over one blocking socket that tells when the first byte of an answer
 * arrived. It shares no code with the server that it measures.
 */
@NullMarked
package io.millrace.bench.http;

import org.jspecify.annotations.NullMarked;
