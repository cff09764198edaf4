package io.millrace.control.keys;

import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Keeps the hashes of stream keys. Works within its caller's transaction. Blocking. */
public final class KeyStore {
  private KeyStore() {}

  /** Makes the key the channel's only one. */
  public static void replace(Handle handle, UUID channel, StreamKey key, Instant now) {
    handle.execute("delete from stream_keys where channel = ?", channel);
    handle.execute(
        "insert into stream_keys (hash, channel, hint, created_at) values (?, ?, ?, ?)",
        key.hash(),
        channel,
        key.hint(),
        now);
  }
}
