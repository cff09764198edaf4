@NullMarked
package io.millrace.ingest.rtmp.chunk;

import org.jspecify.annotations.NullMarked;
