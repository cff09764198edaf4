/**
 * The channel's input log: everything that the packager's output depends on, numbered by one
 * writer, the ingest. The same log in gives the same index and parts out.
 */
@NullMarked
package io.millrace.media.input;

import org.jspecify.annotations.NullMarked;
