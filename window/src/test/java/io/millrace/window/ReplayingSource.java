package io.millrace.window;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Follower;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A source that remembers all that was published and sends it again, from a number on or as a
 * snapshot. Confined to the agent thread.
 */
public final class ReplayingSource implements FeedSource {
  private final Feed feed;
  private final Map<ChannelId, List<FeedMessage>> published = new LinkedHashMap<>();
  private final Map<ChannelId, Set<Follower>> followers = new LinkedHashMap<>();
  private final Set<Follower> attached = new LinkedHashSet<>();
  private final List<PartKey> fetched = new ArrayList<>();
  private Predicate<PartKey> pushed = _ -> true;

  public ReplayingSource(Feed feed) {
    this.feed = feed;
  }

  /** Which parts' bytes are sent without being asked for. */
  public void push(Predicate<PartKey> parts) {
    pushed = parts;
  }

  public List<PartKey> fetched() {
    return fetched;
  }

  public int followers(ChannelId channel) {
    return followers.getOrDefault(channel, Set.of()).size();
  }

  public void publish(ChannelId channel, List<FeedMessage> messages) {
    if (!published.containsKey(channel)) {
      published.put(channel, new ArrayList<>());
      attached.forEach(each -> each.send(new FeedMessage.Announced(channel, feed)));
    }
    published.get(channel).addAll(messages);
    for (Follower follower : followers.getOrDefault(channel, Set.of())) {
      messages.forEach(message -> send(follower, message));
    }
  }

  public void withdraw(ChannelId channel) {
    published.remove(channel);
    followers.remove(channel);
    attached.forEach(each -> each.send(new FeedMessage.Withdrawn(channel, feed)));
  }

  private void send(Follower follower, FeedMessage message) {
    if (!(message instanceof FeedMessage.Part part) || pushed.test(part.key())) {
      follower.send(message);
    }
  }

  @Override
  public Feed feed() {
    return feed;
  }

  @Override
  public void attach(Follower follower) {
    attached.add(follower);
    published.keySet().forEach(each -> follower.send(new FeedMessage.Announced(each, feed)));
  }

  @Override
  public void detach(Follower follower) {
    attached.remove(follower);
    followers.values().forEach(each -> each.remove(follower));
  }

  @Override
  public void follow(ChannelId channel, long fromNumber, Follower follower) {
    List<FeedMessage> messages = published.get(channel);
    if (messages == null) {
      follower.send(new FeedMessage.Withdrawn(channel, feed));
      return;
    }
    int from = fromNumber < 1 ? -1 : placeOf(fromNumber, messages);
    if (from >= 0) {
      messages.subList(from, messages.size()).forEach(message -> send(follower, message));
      followers.computeIfAbsent(channel, _ -> new LinkedHashSet<>()).add(follower);
      return;
    }
    follower.send(new FeedMessage.SnapshotBegun(channel, feed));
    messages.forEach(message -> send(follower, message));
    long last =
        messages.stream()
            .filter(FeedMessage.Index.class::isInstance)
            .mapToLong(message -> ((FeedMessage.Index) message).entry().number())
            .max()
            .orElse(0);
    follower.send(new FeedMessage.SnapshotEnded(channel, feed, last));
    followers.computeIfAbsent(channel, _ -> new LinkedHashSet<>()).add(follower);
  }

  /** Where the entry with the number is; -1 where it is not. */
  private static int placeOf(long number, List<FeedMessage> messages) {
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i) instanceof FeedMessage.Index index && index.entry().number() == number) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void unfollow(ChannelId channel, Follower follower) {
    followers.getOrDefault(channel, Set.of()).remove(follower);
  }

  @Override
  public void fetch(ChannelId channel, PartKey key, Follower follower) {
    fetched.add(key);
    Optional<FeedMessage> part =
        published.getOrDefault(channel, List.of()).stream()
            .filter(m -> m instanceof FeedMessage.Part found && found.key().equals(key))
            .findFirst();
    follower.send(part.orElse(new FeedMessage.PartUnavailable(channel, key)));
  }
}
