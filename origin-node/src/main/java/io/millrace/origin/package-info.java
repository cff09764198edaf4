/**
 * The origin: follows every channel that a packager announces, holds its whole window, and feeds
 * edges from it.
 *
 * <p>Threads: everything but {@link io.millrace.origin.OriginNode#upstreams} runs on the fabric's
 * agent thread. A part and an index entry are passed on to the edges that follow in the callback
 * that brought them, before anything else is done with them. Bytes that a late joiner or a fetch
 * asks for are copied from the window's buffers to the heap for the link.
 *
 * <p>Read {@link io.millrace.origin.OriginNode} first, then {@link
 * io.millrace.origin.OriginChannel}; {@link io.millrace.origin.Questions} is for edges that ask
 * before a packager has announced.
 */
@NullMarked
package io.millrace.origin;

import org.jspecify.annotations.NullMarked;
