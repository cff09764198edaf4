/**
 * How the client works inside; not for use from outside, and not exported. Wire formats are {@link
 * io.millrace.sdk.internal.Json}, {@link io.millrace.sdk.internal.ChannelFormat}, {@link
 * io.millrace.sdk.internal.Problems} and {@link io.millrace.sdk.internal.SseParser}: bytes to
 * values and back, no input or output. {@link io.millrace.sdk.internal.HttpTransport} sends
 * requests; it has the client's threads, daemons that end when idle. {@link
 * io.millrace.sdk.internal.EventReader} is what watching is: it has no thread, whoever asks it for
 * the next event does the reading and the reconnecting. Begin with {@link
 * io.millrace.sdk.internal.ChannelApi}.
 */
@NullMarked
package io.millrace.sdk.internal;

import org.jspecify.annotations.NullMarked;
