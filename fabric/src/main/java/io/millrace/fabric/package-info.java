/**
 * Links between nodes: what a node offers ({@link io.millrace.fabric.FeedSource}), what it receives
 * ({@link io.millrace.fabric.FeedHandler}) and the link between them ({@link
 * io.millrace.fabric.Link}), whatever carries it.
 *
 * <p>Threads: a process has one {@link io.millrace.fabric.Fabric}, and it one agent thread. Sources
 * and handlers are called on that thread and may not block it; others reach it by {@link
 * io.millrace.fabric.Fabric#execute}.
 */
@NullMarked
package io.millrace.fabric;

import org.jspecify.annotations.NullMarked;
