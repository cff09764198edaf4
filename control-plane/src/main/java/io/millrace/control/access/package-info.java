/**
 * Who may use the API: the administrator, by token or by the console's session cookie.
 *
 * <p>Secrets are random and long, so they are kept and compared as plain SHA-256 hashes.
 */
@NullMarked
package io.millrace.control.access;

import org.jspecify.annotations.NullMarked;
