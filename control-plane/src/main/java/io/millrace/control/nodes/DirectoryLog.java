package io.millrace.control.nodes;

import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Numbers the changes that nodes hear of. A transaction takes its number before anything else, and
 * holds the log's row until it ends: changes come one after another, in the order of their numbers.
 */
public final class DirectoryLog {
  private DirectoryLog() {}

  public static long next(Handle handle) {
    return handle
        .createQuery("update directory set number = number + 1 returning number")
        .mapTo(Long.class)
        .one();
  }

  public static void channelRemoved(Handle handle, long number, UUID channel) {
    handle.execute(
        "insert into directory_removals (number, channel) values (?, ?)", number, channel);
  }

  static void nodeRemoved(Handle handle, long number, String node) {
    handle.execute("insert into directory_removals (number, node) values (?, ?)", number, node);
  }

  /** Forgets all but the newest removals; a node that knows less than those gets a snapshot. */
  static void prune(Handle handle, int kept) {
    handle.execute(
        """
        with forgotten as (
          delete from directory_removals where number in
            (select number from directory_removals order by number desc offset ?)
          returning number)
        update directory set removals_from = greatest(removals_from, (select max(number) from forgotten))
        where exists (select from forgotten)\
        """,
        kept);
  }
}
