package io.millrace.packager.host;

import io.millrace.media.channel.ChannelId;
import java.util.List;

/** Hears what a channel's broadcaster should change. Called on the fabric's agent thread. */
@FunctionalInterface
public interface BroadcasterHints {
  /**
   * Says what holds from now on; told when it changes, and when a broadcast of which something was
   * told is over.
   *
   * @param onAir whether the broadcast goes on
   * @param hints each a sentence that names the setting to change; empty where all is well
   */
  void tell(ChannelId channel, boolean onAir, List<String> hints);
}
