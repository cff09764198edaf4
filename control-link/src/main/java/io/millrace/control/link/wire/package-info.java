/**
 * The messages of the control link as the Protocol Buffers compiler makes them from {@code
 * control_link.proto}. Everyone else sees {@link io.millrace.control.link}'s values.
 */
@NullMarked
package io.millrace.control.link.wire;

import org.jspecify.annotations.NullMarked;
