/**
 * The port of the API ({@link io.millrace.control.http.HttpListener}, read it first), and what
 * every resource's routes share: JSON in and out, problem details (RFC 9457), the address that a
 * request came to, health, and the pages of {@code web}.
 *
 * <p>Handlers run on virtual threads, one for each connection, and may block.
 */
@NullMarked
package io.millrace.control.http;

import org.jspecify.annotations.NullMarked;
