/**
 * RTMP's plain handshake (RTMP 1.0, 5.2): version 3, no digests. The second hello's bytes 4 to 7
 * are 0, which tells a client not to look for a digest.
 */
@NullMarked
package io.millrace.ingest.rtmp.handshake;

import org.jspecify.annotations.NullMarked;
