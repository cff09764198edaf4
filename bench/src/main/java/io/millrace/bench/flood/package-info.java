/**
 * Peers that mean harm: connections that send what no client would, or too much, or next to
 * nothing, each until it is closed; and datagrams that no node sends. First class to read: {@link
 * io.millrace.bench.flood.Attack}.
 *
 * <p>Only ever aimed at processes on loopback that the benchmark has started itself; bounded in
 * number and time.
 */
@NullMarked
package io.millrace.bench.flood;

import org.jspecify.annotations.NullMarked;
