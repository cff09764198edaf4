package io.millrace.edge;

import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Link;
import io.millrace.media.channel.ChannelId;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds the link to one origin and what it announced. Confined to the agent thread. */
final class OriginLink implements FeedHandler {
  private final Following following;
  private final Set<ChannelId> announced = new HashSet<>();
  private @Nullable Link link;

  OriginLink(Following following) {
    this.following = following;
  }

  Link link() {
    return Objects.requireNonNull(link, "the link is not open");
  }

  void opened(Link opened) {
    link = opened;
  }

  boolean isUp() {
    return link != null && link.isUp();
  }

  boolean announces(ChannelId channel) {
    return announced.contains(channel);
  }

  @Override
  public void onLinkUp(Link up) {
    link = up;
    announced.clear();
    following.onLinkUp(this);
  }

  @Override
  public void onLinkDown(Link down) {
    announced.clear();
    following.onLinkDown(this);
  }

  @Override
  public void onMessage(Link sender, FeedMessage message) {
    if (message instanceof FeedMessage.Announced) {
      announced.add(message.channel());
    } else if (message instanceof FeedMessage.Withdrawn) {
      announced.remove(message.channel());
    }
    following.onMessage(this, message);
  }
}
