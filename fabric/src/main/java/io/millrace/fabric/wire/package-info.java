/**
 * The bytes between nodes: messages of {@code fabric.xml} (SBE, little endian), each with a header
 * of block length, template, schema, version and length. {@link io.millrace.fabric.wire.WireWriter}
 * and {@link io.millrace.fabric.wire.WireReader} turn values into bytes and back; {@link
 * io.millrace.fabric.wire.Pieces} and {@link io.millrace.fabric.wire.PieceAssembler} cut what is
 * too long for one message and join it again.
 *
 * <p>A reader skips templates that it does not know, refuses everything malformed with a {@link
 * io.millrace.fabric.wire.WireException}, and never reads or allocates beyond its limits. Nothing
 * here knows a socket, a thread or a clock. Writers and readers are confined to one thread.
 */
@NullMarked
package io.millrace.fabric.wire;

import org.jspecify.annotations.NullMarked;
