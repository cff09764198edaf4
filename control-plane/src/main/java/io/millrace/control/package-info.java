/**
 * The control plane: channels and keys, nodes, what is on air; the API of {@code openapi.yaml} and
 * the pages. Postgres is the truth; what is on air is in memory and comes back with the nodes.
 *
 * <p>Everything blocking runs on virtual threads. Begin with {@link
 * io.millrace.control.ControlPlane}.
 */
@NullMarked
package io.millrace.control;

import org.jspecify.annotations.NullMarked;
