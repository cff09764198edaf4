@NullMarked
package io.millrace.ingest.rtmp.message;

import org.jspecify.annotations.NullMarked;
