/**
 * Links over Aeron: shared memory within a process, unicast UDP between processes.
 *
 * <p>A process has one embedded media driver in invoker mode, and one agent thread that runs the
 * driver, Aeron's client, every link, every timer and every task; {@link
 * io.millrace.fabric.aeron.AeronFabric} is the first class to read, {@code FabricAgent} the thread,
 * {@code EmbeddedAeron} what it drives, {@code ReceivingLink} and {@code ServedLink} the two ends
 * of a link. The agent sleeps in a selector over the driver's sockets, so a datagram or a task
 * wakes it at once and an idle process costs next to nothing.
 *
 * <p>A node listens on one control stream. Whoever wants a link subscribes to streams of its own
 * (one for control, by default two for media), says in a Hello where they are, and gets an answer
 * with the sessions that the link consists of. All else is {@link io.millrace.fabric.link}'s.
 */
@NullMarked
package io.millrace.fabric.aeron;

import org.jspecify.annotations.NullMarked;
