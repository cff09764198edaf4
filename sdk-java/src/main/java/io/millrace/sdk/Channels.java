package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import io.millrace.sdk.internal.ChannelApi;
import io.millrace.sdk.internal.Listing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a control plane, by calls that wait for the answer. {@link AsyncChannels} has the
 * same calls without waiting.
 *
 * <p>Every call may throw any {@link MillraceException}; what is named at each is what it is for.
 * An interrupt ends a call with a {@link CallInterruptedException}. A channel is named by its name
 * or by its id, which stays the same when the name changes.
 */
public final class Channels {
  private final ChannelApi api;

  Channels(ChannelApi api) {
    this.api = api;
  }

  /**
   * Creates a channel.
   *
   * @param channel its name, and what else is not to be the default
   * @return the channel and its stream key, which is shown now and never again
   * @throws ProblemException.NameTaken if another channel has the name
   * @throws ProblemException.InvalidValue if the name, the title or a setting is not one
   * @throws ProblemException.LimitReached if there are as many channels as there may be
   */
  public ChannelWithKey create(NewChannel channel) {
    return api.create(requireNonNull(channel, "channel")).await();
  }

  /**
   * Lists all channels, in order of their names. Asks as many times as it needs pages of 500, so a
   * channel that is created or renamed meanwhile may be missing.
   *
   * @return every channel with what is on air
   */
  public List<Channel> list() {
    Listing listing = new Listing();
    String after = null;
    do {
      after = listing.add(page(ChannelApi.MOST_LIMIT, after));
    } while (after != null);
    return listing.channels();
  }

  /**
   * Lists some channels, in order of their names.
   *
   * @param limit how many at most, 1 to 500
   * @param after the {@link ChannelPage#next} of the page before; null for the first page
   * @return the channels, and where the next page begins
   * @throws IllegalArgumentException if the limit is not 1 to 500
   */
  public ChannelPage page(int limit, @Nullable String after) {
    return api.page(limit, after).await();
  }

  /**
   * Shows a channel with what is on air.
   *
   * @param nameOrId the channel's name or id
   * @return the channel as it is now
   * @throws ProblemException.NotFound if there is no such channel
   */
  public Channel get(String nameOrId) {
    return api.get(nameOrId).await();
  }

  /**
   * Changes a channel's name, title or settings. Settings take effect with its next broadcast.
   *
   * @param nameOrId the channel's name or id
   * @param change what to change; the rest stays
   * @return the channel as it is now
   * @throws ProblemException.NotFound if there is no such channel
   * @throws ProblemException.NameTaken if another channel has the new name
   * @throws ProblemException.InvalidValue if a value is not one
   */
  public Channel update(String nameOrId, ChannelChange change) {
    return api.change(nameOrId, requireNonNull(change, "change")).await();
  }

  /**
   * Makes a new stream key. The earlier one is refused from now on, and an encoder that publishes
   * with it is disconnected; its broadcast has the grace period to go on with the new key.
   *
   * @param nameOrId the channel's name or id
   * @return the channel and its new stream key, which is shown now and never again
   * @throws ProblemException.NotFound if there is no such channel
   */
  public ChannelWithKey rotateKey(String nameOrId) {
    return api.rotateKey(nameOrId).await();
  }

  /**
   * Ends the broadcast that is on air, without its grace period. The channel stays, and an encoder
   * may begin another broadcast at once.
   *
   * @param nameOrId the channel's name or id
   * @return the channel as it is now: the nodes were told, it may still be on air for a moment
   * @throws ProblemException.NotFound if there is no such channel
   * @throws ProblemException.NothingOnAir if it is not on air
   */
  public Channel end(String nameOrId) {
    return api.end(nameOrId).await();
  }

  /**
   * Has a date range in the playlists of the broadcast that is on air, from the next part on, until
   * their segments have passed it. What is marked does not change: each call makes another range.
   *
   * @param nameOrId the channel's name or id
   * @param range what it says
   * @return the range as it will stand
   * @throws ProblemException.NotFound if there is no such channel
   * @throws ProblemException.NothingOnAir if it is not on air
   * @throws ProblemException.InvalidValue if a value is not one
   * @throws ProblemException.LimitReached if there are as many as playlists list at once
   */
  public DateRange mark(String nameOrId, DateRangeRequest range) {
    return api.mark(nameOrId, requireNonNull(range, "range")).await();
  }

  /**
   * Makes a viewer's token for the channel, with an id of its own. {@link ViewerTokens} makes them
   * without asking.
   *
   * @param nameOrId the channel's name or id
   * @param request what it is to allow: 10 s to 30 days
   * @return the token, with where to watch
   * @throws ProblemException.NotFound if there is no such channel
   * @throws ProblemException.InvalidValue if a value is not one, or one that the channel wants is
   *     missing
   */
  public ViewerToken issueToken(String nameOrId, ViewerTokenRequest request) {
    return api.issueToken(nameOrId, requireNonNull(request, "request")).await();
  }

  /**
   * Ends what is on air and removes the channel with its keys.
   *
   * @param nameOrId the channel's name or id
   * @throws ProblemException.NotFound if there is no such channel
   */
  public void delete(String nameOrId) {
    Boolean unused = api.delete(nameOrId).await();
  }

  /**
   * Watches every channel. Nothing is asked before the first event is asked for.
   *
   * @return the events, to be closed when they are not needed any more
   */
  public ChannelEvents watch() {
    return new ChannelEvents(api.watch());
  }

  /**
   * Watches one channel, also when its name changes. Its snapshots have that channel alone, and the
   * events end when it is removed.
   *
   * @param nameOrId the channel's name or id; asking for the first event throws {@link
   *     ProblemException.NotFound} if there is no such channel
   * @return the events, to be closed when they are not needed any more
   */
  public ChannelEvents watch(String nameOrId) {
    return new ChannelEvents(api.watch(nameOrId));
  }
}
