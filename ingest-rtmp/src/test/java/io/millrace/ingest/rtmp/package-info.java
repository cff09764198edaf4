@NullMarked
package io.millrace.ingest.rtmp;

import org.jspecify.annotations.NullMarked;
