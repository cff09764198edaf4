/**
 * What every resource's routes share: JSON in and out, problem details (RFC 9457), the address that
 * a request came to, health, and the pages of {@code web}.
 *
 * <p>Handlers run on Helidon's virtual threads, one for each request, and may block.
 */
@NullMarked
package io.millrace.control.http;

import org.jspecify.annotations.NullMarked;
