package io.millrace.sdk.internal;

import io.millrace.sdk.Channel;
import io.millrace.sdk.ChannelEvent;
import io.millrace.sdk.ChannelPage;
import io.millrace.sdk.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which channels are watched: takes what the API's stream says of all of them, and passes on what
 * it is about. Confined to the reader's thread.
 */
sealed interface EventScope {
  /** Asks the API for what the stream does not say; blocks. */
  interface Fetch {
    <T> T await(Call<T> call);
  }

  void snapshot(List<Channel> first, Fetch fetch, Consumer<ChannelEvent> out);

  void changed(Channel channel, Consumer<ChannelEvent> out);

  void removed(UUID id, String name, Consumer<ChannelEvent> out);

  /** Whether there is nothing to watch any more. */
  boolean isOver();

  /** Every channel. */
  final class All implements EventScope {
    private final ChannelApi api;

    All(ChannelApi api) {
      this.api = api;
    }

    /**
     * The stream's snapshot has the first 500. The others are fetched after it, so they may be
     * newer than events that are still to come; the newest event is never older than the last
     * change.
     */
    @Override
    public void snapshot(List<Channel> first, Fetch fetch, Consumer<ChannelEvent> out) {
      List<Channel> channels = first;
      if (first.size() >= ChannelApi.MOST_LIMIT) {
        Listing listing = new Listing();
        String after = listing.add(new ChannelPage(first, first.get(first.size() - 1).name()));
        while (after != null) {
          after = listing.add(fetch.await(api.page(ChannelApi.MOST_LIMIT, after)));
        }
        channels = listing.channels();
      }
      out.accept(new ChannelEvent.Snapshot(channels));
    }

    @Override
    public void changed(Channel channel, Consumer<ChannelEvent> out) {
      out.accept(new ChannelEvent.Changed(channel));
    }

    @Override
    public void removed(UUID id, String name, Consumer<ChannelEvent> out) {
      out.accept(new ChannelEvent.Removed(id, name));
    }

    @Override
    public boolean isOver() {
      return false;
    }
  }

  /** One channel, by its id once that is known. */
  final class One implements EventScope {
    private final ChannelApi api;
    private final String nameOrId;
    private @Nullable UUID id;
    private String name = "";
    private boolean over;

    One(ChannelApi api, String nameOrId) {
      this.api = api;
      this.nameOrId = nameOrId;
    }

    @Override
    public void snapshot(List<Channel> first, Fetch fetch, Consumer<ChannelEvent> out) {
      Optional<Channel> found = first.stream().filter(this::isIt).findFirst();
      UUID known = id;
      if (found.isEmpty() && known == null) {
        found = Optional.of(fetch.await(api.get(nameOrId)));
      } else if (found.isEmpty() && known != null) {
        found = lookUp(known, first, fetch);
      }
      if (found.isPresent()) {
        id = found.get().id();
        name = found.get().name();
        out.accept(new ChannelEvent.Snapshot(List.of(found.get())));
      } else if (known != null) {
        removed(known, name, out);
      }
    }

    /** A full snapshot may not have it though it is there. */
    private Optional<Channel> lookUp(UUID known, List<Channel> first, Fetch fetch) {
      if (first.size() < ChannelApi.MOST_LIMIT) {
        return Optional.empty();
      }
      try {
        return Optional.of(fetch.await(api.get(known.toString())));
      } catch (ProblemException.NotFound e) {
        return Optional.empty();
      }
    }

    private boolean isIt(Channel channel) {
      return id != null
          ? channel.id().equals(id)
          : channel.name().equals(nameOrId) || channel.id().toString().equals(nameOrId);
    }

    @Override
    public void changed(Channel channel, Consumer<ChannelEvent> out) {
      if (isIt(channel)) {
        name = channel.name();
        out.accept(new ChannelEvent.Changed(channel));
      }
    }

    @Override
    public void removed(UUID removed, String lastName, Consumer<ChannelEvent> out) {
      if (removed.equals(id)) {
        over = true;
        out.accept(new ChannelEvent.Removed(removed, lastName));
      }
    }

    @Override
    public boolean isOver() {
      return over;
    }
  }
}
