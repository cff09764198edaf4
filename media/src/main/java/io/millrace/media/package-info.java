/**
 * What a stream is made of. Pure: no sockets, files, threads or clocks; time and randomness come in
 * as arguments.
 *
 * <p>Read {@link io.millrace.media.track.Sample} first, then {@link
 * io.millrace.media.index.IndexRecord}: upstream of the packager samples flow, downstream of it the
 * index and the parts that it names.
 */
@NullMarked
package io.millrace.media;

import org.jspecify.annotations.NullMarked;
