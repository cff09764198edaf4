/**
 * Where samples in media time become parts and segments: when a part closes, where a segment ends,
 * how the renditions keep step, and what the index says of it. HLS's rules for partial segments
 * (RFC 8216bis 4.4.4.9) and for the target duration (4.4.3.1) are kept here.
 *
 * <p>Pure and confined to the packager's caller. Read {@link
 * io.millrace.packager.segmenter.Segmenter} first.
 */
@NullMarked
package io.millrace.packager.segmenter;

import org.jspecify.annotations.NullMarked;
