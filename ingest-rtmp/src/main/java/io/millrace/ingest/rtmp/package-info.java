/**
 * The RTMP server: publishers' connections from the handshake to the ingest (Adobe RTMP 1.0).
 *
 * <p>Read {@link io.millrace.ingest.rtmp.RtmpServer} first, then {@code session.RtmpSession}. Each
 * package leans on the ones before it only: {@code chunk} (bytes and messages), {@code handshake},
 * {@code message} (commands and AMF0), {@code session} (what to answer, and the Netty handler).
 *
 * <p>Threads: everything about a connection is confined to its event loop. Buffers: the chunk
 * reader copies payloads once, to the heap; no Netty buffer gets past it.
 */
@NullMarked
package io.millrace.ingest.rtmp;

import org.jspecify.annotations.NullMarked;
