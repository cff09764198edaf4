@NullMarked
package io.millrace.ingest.rtmp.handshake;

import org.jspecify.annotations.NullMarked;
