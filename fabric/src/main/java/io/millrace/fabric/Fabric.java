package io.millrace.fabric;

import java.time.Duration;

/**
 * Holds a process's links and the agent thread that all of them run on. The agent's queue is
 * bounded: where it is full (or the fabric closed), {@link #execute} says so, and whatever else has
 * to get to the agent throws {@link FabricException}.
 */
public interface Fabric extends AutoCloseable {
  /** Offers a feed to every node that connects, this process's own roles included. Before start. */
  void serve(FeedSource source);

  /** Opens the receiving end of a link; it connects, and connects again, by itself. Any thread. */
  Link connect(NodeAddress peer, Feed feed, FeedHandler handler);

  /**
   * Runs a task on the agent thread soon, if the fabric closes meanwhile as well. Any thread; false
   * where the queue is full or the fabric closed.
   */
  boolean execute(Runnable task);

  /** Runs a task on the agent thread about every {@code period} until the fabric closes. */
  void every(Duration period, Runnable task);

  /** True on the agent thread. */
  boolean inAgent();

  /** The UDP port that other processes reach this node's links at; 0 where it has none. */
  int port();

  @Override
  void close();
}
