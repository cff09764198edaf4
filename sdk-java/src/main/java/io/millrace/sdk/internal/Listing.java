package io.millrace.sdk.internal;

import io.millrace.sdk.Channel;
import io.millrace.sdk.ChannelPage;
import io.millrace.sdk.MalformedAnswerException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts pages of channels together, and is not led in circles. Confined to one thread at a time. */
public final class Listing {
  private static final int MOST_PAGES = 1_000;

  private final List<Channel> channels = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  /** Adds a page; returns what to ask for next, null after the last one. */
  public @Nullable String add(ChannelPage page) {
    channels.addAll(page.channels());
    String next = page.next();
    if (next != null && (!seen.add(next) || seen.size() >= MOST_PAGES)) {
      throw new MalformedAnswerException(
          "The pages of channels do not end: \"%s\" comes next again".formatted(next), 200, null);
    }
    return next;
  }

  /** What the pages had. */
  public List<Channel> channels() {
    return List.copyOf(channels);
  }
}
