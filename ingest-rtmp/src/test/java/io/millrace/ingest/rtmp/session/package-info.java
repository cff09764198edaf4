@NullMarked
package io.millrace.ingest.rtmp.session;

import org.jspecify.annotations.NullMarked;
