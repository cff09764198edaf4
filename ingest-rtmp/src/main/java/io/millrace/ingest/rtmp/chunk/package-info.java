/**
 * RTMP's chunk stream (RTMP 1.0, 5.3): bytes to messages and back, for a server as for a client.
 *
 * <p>Pure protocol over buffers that the caller owns: {@link
 * io.millrace.ingest.rtmp.chunk.ChunkReader} and {@link io.millrace.ingest.rtmp.chunk.ChunkWriter}
 * neither keep nor release them. Confined to one thread each. A message's payload is a heap array
 * of its own.
 */
@NullMarked
package io.millrace.ingest.rtmp.chunk;

import org.jspecify.annotations.NullMarked;
