/**
 * The packager: a channel's input log in, its index and the bytes of its parts out. A function of
 * the log and nothing else: no clock, no thread, no randomness, so that the same log gives the same
 * bytes.
 *
 * <p>{@link io.millrace.packager.Packager} is the function, {@link
 * io.millrace.packager.host.PackagerHost} runs it between links, on the fabric's agent thread.
 */
@NullMarked
package io.millrace.packager;

import org.jspecify.annotations.NullMarked;
