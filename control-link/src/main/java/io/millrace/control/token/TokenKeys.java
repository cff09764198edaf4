package io.millrace.control.token;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the keys that are in force: the newest makes tokens, all check them. Two while one takes
 * over from the other.
 */
public record TokenKeys(List<TokenKey> newestFirst) {
  /** No key: no token is good. */
  public static final TokenKeys NONE = new TokenKeys(List.of());

  /** How many can be in force at a time. */
  public static final int MOST = 2;

  public TokenKeys {
    newestFirst = List.copyOf(newestFirst);
    if (newestFirst.size() > MOST) {
      throw new IllegalArgumentException(
          "keys: %d (expected: at most %d)".formatted(newestFirst.size(), MOST));
    }
    if (newestFirst.stream().mapToInt(TokenKey::number).distinct().count() < newestFirst.size()) {
      throw new IllegalArgumentException("keys: two of one number");
    }
  }

  /** The one that makes tokens; null where there is none. */
  public @Nullable TokenKey newest() {
    return newestFirst.isEmpty() ? null : newestFirst.getFirst();
  }

  /** Whether it is one of them. Allocates nothing. */
  boolean contains(TokenKey key) {
    for (int i = 0; i < newestFirst.size(); i++) {
      if (newestFirst.get(i).equals(key)) {
        return true;
      }
    }
    return false;
  }

  /** The key of that number; null where there is none. */
  public @Nullable TokenKey find(int number) {
    for (TokenKey key : newestFirst) {
      if (key.number() == number) {
        return key;
      }
    }
    return null;
  }
}
