/**
 * Content steering (RFC 8216bis 7, ETSI TS 103 998), which HLS and DASH have alike: fetches the
 * steering manifest that a playlist or MPD names, again after its TTL, and judges it.
 *
 * <p>Confined to who follows the presentation. Read {@link
 * io.millrace.conformance.steering.SteeringFollower} first.
 */
@NullMarked
package io.millrace.conformance.steering;

import org.jspecify.annotations.NullMarked;
