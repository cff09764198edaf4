package io.millrace.origin;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import io.millrace.media.channel.ChannelId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Asks packagers for channels that edges follow and that nobody has announced, and tells the edges
 * once all packagers have said no. Confined to the agent thread.
 */
final class Questions {
  private final Collection<Link> packagers;
  private final Predicate<ChannelId> isRefused;
  private final Map<ChannelId, Question> open = new LinkedHashMap<>();

  /**
   * @param packagers those that are there, at any time
   * @param isRefused whether the channel is on air and there is no room for it: then nobody is
   *     asked, and whoever follows it waits until there is
   */
  Questions(Collection<Link> packagers, Predicate<ChannelId> isRefused) {
    this.packagers = packagers;
    this.isRefused = isRefused;
  }

  /** Asks the packagers that can be asked: following is answered by those who do not have it. */
  void ask(ChannelId id, Follower asker) {
    Question question = open.get(id);
    if (question == null) {
      question = new Question();
      open.put(id, question);
      if (!isRefused.test(id)) {
        packagers.forEach(link -> link.follow(id, 0));
      }
    }
    question.askers().add(asker);
  }

  boolean isAsked(ChannelId id) {
    return open.containsKey(id);
  }

  /** The channel is there: those who asked for it, who are forgotten. */
  Set<Follower> answered(ChannelId id) {
    Question question = open.remove(id);
    return question == null ? Set.of() : question.askers();
  }

  /** The packager can be asked from now on. */
  void onLinkUp(Link packager) {
    open.keySet().forEach(id -> packager.follow(id, 0));
  }

  /** The packager is gone: what it said counts no more. */
  void forget(Link packager) {
    open.values().forEach(question -> question.forget(packager));
  }

  /** The packager does not have the channel. */
  void declined(ChannelId id, Link packager) {
    Question question = open.get(id);
    if (question != null) {
      question.declinedBy(packager);
      tellIfKnown(id);
    }
  }

  /** The edge asks no more. */
  void drop(ChannelId id, Follower asker) {
    Question question = open.get(id);
    if (question != null) {
      question.askers().remove(asker);
      if (question.askers().isEmpty()) {
        open.remove(id);
      }
    }
  }

  /** The edge is gone. */
  void drop(Follower asker) {
    List.copyOf(open.keySet()).forEach(id -> drop(id, asker));
  }

  /** Other packagers than before are there. */
  void tellWhatIsKnown() {
    List.copyOf(open.keySet()).forEach(this::tellIfKnown);
  }

  private void tellIfKnown(ChannelId id) {
    Question question = open.get(id);
    if (question != null && !isRefused.test(id) && question.isDeclinedBy(packagers)) {
      open.remove(id);
      question.askers().forEach(asker -> asker.send(new FeedMessage.Withdrawn(id, Feed.WINDOW)));
    }
  }

  void clear() {
    open.clear();
  }
}
