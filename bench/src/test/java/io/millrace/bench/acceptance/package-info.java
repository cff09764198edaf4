/**
 * The whole path with real parts: FFmpeg publishes, the millrace command runs, FFmpeg and Chromium
 * watch.
 */
@NullMarked
package io.millrace.bench.acceptance;

import org.jspecify.annotations.NullMarked;
