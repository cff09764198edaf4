/**
 * A publisher's session: {@link io.millrace.ingest.rtmp.session.RtmpSession} decides what to
 * answer, {@link io.millrace.ingest.rtmp.session.RtmpSessionHandler} does it on the connection's
 * event loop and hands tracks and samples to the ingest.
 */
@NullMarked
package io.millrace.ingest.rtmp.session;

import org.jspecify.annotations.NullMarked;
