/**
 * What RTMP's messages say: commands and data in AMF0, protocol control, aggregates (RTMP 1.0, 5.4,
 * 6 and 7). Pure; read {@link io.millrace.ingest.rtmp.message.Command} first.
 */
@NullMarked
package io.millrace.ingest.rtmp.message;

import org.jspecify.annotations.NullMarked;
