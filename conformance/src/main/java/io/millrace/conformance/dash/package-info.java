/**
 * Reads and follows DASH (ISO/IEC 23009-1) with dynamic MPDs of SegmentTemplate, and judges it: the
 * MPD ({@code MpdRules}, {@code SchemaRules}), its updates and patches ({@code MpdUpdateRules},
 * {@code MpdPatch}), and segments as they are requested while they grow ({@code SegmentFollower}).
 *
 * <p>XML is read without DTD and external entities. Times are ns, on the wall clock since 1970.
 */
@NullMarked
package io.millrace.conformance.dash;

import org.jspecify.annotations.NullMarked;
