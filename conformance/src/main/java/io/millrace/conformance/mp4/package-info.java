/**
 * Reads ISO BMFF (ISO/IEC 14496-12): boxes, init sections, chunks (ISO/IEC 23000-19), and the NAL
 * units of H.264 and HEVC samples (ISO/IEC 14496-15); and judges them.
 *
 * <p>Pure: bytes in, values and findings out. What cannot be read throws {@link
 * io.millrace.conformance.mp4.MalformedBoxException}, nothing else. Read {@link
 * io.millrace.conformance.mp4.SegmentReader} first.
 */
@NullMarked
package io.millrace.conformance.mp4;

import org.jspecify.annotations.NullMarked;
