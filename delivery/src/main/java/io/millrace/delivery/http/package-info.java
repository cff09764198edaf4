/**
 * HTTP for viewers: a strict parser for HTTP/1.1 requests without a body (RFC 9112), HTTP/2 by
 * prior knowledge on Netty's frame codec (RFC 9113), routes, ranges, caching and CORS headers, and
 * the requests that wait.
 *
 * <p>Read {@link io.millrace.delivery.http.LoopDelivery} first: it takes every request of its event
 * loop and answers it or lets it wait. {@link io.millrace.delivery.http.Answers} decides what the
 * response is, from a channel's view, and {@link io.millrace.delivery.http.Responses} makes it;
 * {@link io.millrace.delivery.http.Http1Connection} and {@link
 * io.millrace.delivery.http.Http2Connection} bring requests in and responses out.
 *
 * <p>Threads: everything is confined to the connection's event loop but {@link
 * io.millrace.delivery.http.ChannelPlaylists}, which all loops share. Buffers: a {@link
 * io.millrace.delivery.http.Response} owns what it is made of; connections write retained
 * duplicates, over epoll as {@link io.millrace.delivery.http.FileAnswer}s where they are pieces of
 * memory files.
 */
@NullMarked
package io.millrace.delivery.http;

import org.jspecify.annotations.NullMarked;
