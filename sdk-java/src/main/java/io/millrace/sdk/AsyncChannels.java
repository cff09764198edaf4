package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import io.millrace.sdk.internal.Call;
import io.millrace.sdk.internal.ChannelApi;
import io.millrace.sdk.internal.EventReader;
import io.millrace.sdk.internal.Listing;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a control plane, by calls that do not wait. {@link Channels} has the same calls,
 * with the same answers and errors, and tells of them in full.
 *
 * <p>A future that fails has a {@link MillraceException}, which {@link CompletableFuture#join}
 * wraps in a {@link java.util.concurrent.CompletionException}. Cancelling a future closes the
 * connection; what was asked may have been done. Futures are completed on threads of the client's,
 * of which there are as many as are needed, so what hangs on a future may block.
 */
public final class AsyncChannels {
  private final ChannelApi api;

  AsyncChannels(ChannelApi api) {
    this.api = api;
  }

  /**
   * Creates a channel: {@link Channels#create}.
   *
   * @param channel its name, and what else is not to be the default
   * @return the channel and its stream key, which is shown now and never again
   */
  public CompletableFuture<ChannelWithKey> create(NewChannel channel) {
    return api.create(requireNonNull(channel, "channel")).async();
  }

  /**
   * Lists all channels, in order of their names: {@link Channels#list}.
   *
   * @return every channel with what is on air
   */
  public CompletableFuture<List<Channel>> list() {
    return new Pages(api).next(null);
  }

  /**
   * Lists some channels, in order of their names: {@link Channels#page}.
   *
   * @param limit how many at most, 1 to 500
   * @param after the {@link ChannelPage#next} of the page before; null for the first page
   * @return the channels, and where the next page begins
   * @throws IllegalArgumentException if the limit is not 1 to 500
   */
  public CompletableFuture<ChannelPage> page(int limit, @Nullable String after) {
    return api.page(limit, after).async();
  }

  /**
   * Shows a channel with what is on air: {@link Channels#get}.
   *
   * @param nameOrId the channel's name or id
   * @return the channel as it is now
   */
  public CompletableFuture<Channel> get(String nameOrId) {
    return api.get(nameOrId).async();
  }

  /**
   * Changes a channel's name, title or settings: {@link Channels#update}.
   *
   * @param nameOrId the channel's name or id
   * @param change what to change; the rest stays
   * @return the channel as it is now
   */
  public CompletableFuture<Channel> update(String nameOrId, ChannelChange change) {
    return api.change(nameOrId, requireNonNull(change, "change")).async();
  }

  /**
   * Makes a new stream key: {@link Channels#rotateKey}.
   *
   * @param nameOrId the channel's name or id
   * @return the channel and its new stream key, which is shown now and never again
   */
  public CompletableFuture<ChannelWithKey> rotateKey(String nameOrId) {
    return api.rotateKey(nameOrId).async();
  }

  /**
   * Ends the broadcast that is on air, without its grace period: {@link Channels#end}.
   *
   * @param nameOrId the channel's name or id
   * @return the channel as it is now
   */
  public CompletableFuture<Channel> end(String nameOrId) {
    return api.end(nameOrId).async();
  }

  /**
   * Has a date range in the playlists of the broadcast that is on air: {@link Channels#mark}.
   *
   * @param nameOrId the channel's name or id
   * @param range what it says
   * @return the range as it will stand
   */
  public CompletableFuture<DateRange> mark(String nameOrId, DateRangeRequest range) {
    return api.mark(nameOrId, requireNonNull(range, "range")).async();
  }

  /**
   * Makes a viewer's token for the channel: {@link Channels#issueToken}.
   *
   * @param nameOrId the channel's name or id
   * @param request what it is to allow
   * @return the token, with where to watch
   */
  public CompletableFuture<ViewerToken> issueToken(String nameOrId, ViewerTokenRequest request) {
    return api.issueToken(nameOrId, requireNonNull(request, "request")).async();
  }

  /**
   * Ends what is on air and removes the channel with its keys: {@link Channels#delete}.
   *
   * @param nameOrId the channel's name or id
   * @return completes when it is removed
   */
  public CompletableFuture<@Nullable Void> delete(String nameOrId) {
    CompletableFuture<Boolean> call = api.delete(nameOrId).async();
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    CompletableFuture<?> unused =
        call.whenComplete(
            (removed, error) -> {
              if (error == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(error);
              }
            });
    unused = done.whenComplete((value, error) -> call.cancel(true));
    return done;
  }

  /**
   * Calls a listener with what happens to every channel, one event at a time, on a thread of the
   * client's. It connects again by itself where the connection breaks, as {@link ChannelEvents}
   * tells.
   *
   * @param listener is called with each event, one after the other; it may block, and what comes
   *     meanwhile waits. What it throws ends the watch
   * @return the watch, to be closed when it is not needed any more
   */
  public ChannelWatch watch(Consumer<? super ChannelEvent> listener) {
    return start(api.watch(), listener);
  }

  /**
   * Calls a listener with what happens to one channel, also when its name changes. Its snapshots
   * have that channel alone, and the watch ends when the channel is removed.
   *
   * @param nameOrId the channel's name or id; if there is no such channel, the watch ends with a
   *     {@link ProblemException.NotFound}
   * @param listener is called with each event, one after the other; it may block, and what comes
   *     meanwhile waits. What it throws ends the watch
   * @return the watch, to be closed when it is not needed any more
   */
  public ChannelWatch watch(String nameOrId, Consumer<? super ChannelEvent> listener) {
    return start(api.watch(nameOrId), listener);
  }

  private ChannelWatch start(EventReader reader, Consumer<? super ChannelEvent> listener) {
    requireNonNull(listener, "listener");
    ChannelWatch watch = new ChannelWatch(reader);
    api.transport().start(() -> watch.run(listener));
    return watch;
  }

  /** Fetches page after page, of which one is on its way at a time. */
  private static final class Pages {
    private final ChannelApi api;
    private final Listing listing = new Listing();
    private final CompletableFuture<List<Channel>> all = new CompletableFuture<>();
    private final AtomicReference<@Nullable CompletableFuture<?>> onItsWay =
        new AtomicReference<>();

    Pages(ChannelApi api) {
      this.api = api;
      var unused = all.whenComplete((channels, error) -> cancel());
    }

    CompletableFuture<List<Channel>> next(@Nullable String after) {
      Call<ChannelPage> call = api.page(ChannelApi.MOST_LIMIT, after);
      CompletableFuture<ChannelPage> page = call.async();
      onItsWay.set(page);
      var unused = page.whenComplete(this::add);
      if (all.isDone()) {
        cancel();
      }
      return all;
    }

    private void cancel() {
      CompletableFuture<?> page = onItsWay.get();
      if (page != null) {
        page.cancel(true);
      }
    }

    private void add(@Nullable ChannelPage page, @Nullable Throwable error) {
      if (page == null) {
        all.completeExceptionally(error == null ? new IllegalStateException() : error);
        return;
      }
      try {
        String after = listing.add(page);
        if (after == null) {
          all.complete(listing.channels());
        } else {
          var unused = next(after);
        }
      } catch (MillraceException e) {
        all.completeExceptionally(e);
      }
    }
  }
}
