/**
 * ISO base media file format (ISO 14496-12): writing boxes, and walking over those of a file.
 *
 * <p>Pure functions over bytes. Read {@link io.millrace.media.mp4.BoxWriter} first.
 */
@NullMarked
package io.millrace.media.mp4;

import org.jspecify.annotations.NullMarked;
