package io.millrace.sdk;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some channels, in order of their names.
 *
 * @param channels as many as were asked for, or what is left
 * @param next what to give as {@code after} for the next page; null on the last one
 */
public record ChannelPage(List<Channel> channels, @Nullable String next) {
  /** Takes a copy of the list. */
  public ChannelPage {
    channels = List.copyOf(channels);
  }
}
