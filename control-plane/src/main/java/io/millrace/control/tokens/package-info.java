/**
 * What viewers' tokens need of the control plane: the keys, what was revoked, and tokens made on
 * demand.
 *
 * <p>Keys and revocations are stretches of the directory's numbered log: {@link
 * io.millrace.control.nodes.Directory} tells edges of them. A key is never in the database: see
 * {@link io.millrace.control.tokens.TokenSecret}. Blocking; virtual threads.
 */
@NullMarked
package io.millrace.control.tokens;

import org.jspecify.annotations.NullMarked;
