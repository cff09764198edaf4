/**
 * A client of Millrace's API: creates channels, hands out their stream keys, and tells what is on
 * air as it changes. Begin with {@link io.millrace.sdk.MillraceClient}.
 *
 * <p><b>Blocking and asynchronous.</b> {@link io.millrace.sdk.Channels} waits for each answer,
 * {@link io.millrace.sdk.AsyncChannels} returns a future for it. Both may be used by any number of
 * threads.
 *
 * <p><b>Errors.</b> Whatever goes wrong is a {@link io.millrace.sdk.MillraceException}, thrown by
 * the one and in the future of the other: a {@link io.millrace.sdk.ProblemException} where the API
 * answered that it cannot do what was asked, others where there was no answer, or none that can be
 * understood. Arguments that no API could take are an {@link java.lang.IllegalArgumentException} or
 * a {@link java.lang.NullPointerException}, thrown at once by both.
 *
 * <p><b>Values.</b> What may be absent is {@code @Nullable}; nothing else is ever null. Lengths of
 * time are {@link java.time.Duration}, points in time {@link java.time.Instant}; every other number
 * has its unit in its name. Later versions of the API may answer more: what this version does not
 * know is passed over, and a word that it does not know becomes {@code UNKNOWN}. Records may gain
 * components; the constructors that they have now stay.
 */
@NullMarked
package io.millrace.sdk;

import org.jspecify.annotations.NullMarked;
