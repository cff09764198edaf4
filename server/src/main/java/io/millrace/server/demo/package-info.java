/**
 * The demo's broadcaster: a moving test picture with a clock that people read and one that programs
 * read, a tone, and the bundled FFmpeg that encodes and pushes them.
 *
 * <p>Frames and sound are made here, one thread paced by the wall clock, and go to FFmpeg's
 * standard input as Matroska with uncompressed tracks, so that every time stamp is ours. The
 * picture's geometry is in {@code docs/demo-picture.md}. First class to read: {@link
 * io.millrace.server.demo.Broadcaster}.
 */
@NullMarked
package io.millrace.server.demo;

import org.jspecify.annotations.NullMarked;
