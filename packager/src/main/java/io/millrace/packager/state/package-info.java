/**
 * The bytes of a packager's state: what a packager that begins elsewhere needs to go on as if it
 * had seen the whole log. Each class that has state writes it and reads it back in the same order;
 * the whole is versioned and has a checksum where it is framed (see {@code host}).
 *
 * <p>A format of our own, as compact as it is simple: numbers of varying length, lengths before
 * what they count, no names. Pure; writers and readers are confined to one thread. Read {@link
 * io.millrace.packager.state.StateWriter} first.
 */
@NullMarked
package io.millrace.packager.state;

import org.jspecify.annotations.NullMarked;
