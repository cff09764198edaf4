package io.millrace.control.token;

import java.util.UUID;

/** Says what may be watched with a token. */
public sealed interface TokenScope {
  /** Whether an address is within: that of a channel, with the path that it was asked for by. */
  boolean contains(UUID channel, String path, int from);

  /** All of a channel, by whatever name. */
  record OfChannel(UUID channel) implements TokenScope {
    @Override
    public boolean contains(UUID asked, String path, int from) {
      return channel.equals(asked);
    }
  }

  /** What is below a path, {@code /live/CHANNEL/}. */
  record Below(String path) implements TokenScope {
    public Below {
      // Without the last slash it would be of other channels too, whose names begin like this
      // one's.
      if (!path.startsWith(LIVE)
          || path.indexOf('/', LIVE.length() + 1) < 0
          || !path.endsWith("/")) {
        throw new IllegalArgumentException("path: (expected: /live/CHANNEL/, or more of it)");
      }
    }

    @Override
    public boolean contains(UUID asked, String askedPath, int from) {
      return askedPath.startsWith(path, from);
    }
  }

  /** One address alone. */
  record Exactly(String path) implements TokenScope {
    @Override
    public boolean contains(UUID asked, String askedPath, int from) {
      return askedPath.length() - from == path.length() && askedPath.startsWith(path, from);
    }
  }

  String LIVE = "/live/";
}
