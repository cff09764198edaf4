package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/**
 * Where an encoder publishes. An address is null where no node takes that protocol now.
 *
 * @param rtmpServer what OBS calls Server: {@code rtmp://HOST:PORT/live}
 * @param rtmpKey what OBS calls Stream Key; null but in a {@link ChannelWithKey}
 * @param rtmp in a {@link ChannelWithKey} server and key in one address, as FFmpeg wants it;
 *     otherwise the server
 * @param srt the address for SRT; with the key in a {@link ChannelWithKey}
 */
public record PublishAddresses(
    @Nullable String rtmpServer,
    @Nullable String rtmpKey,
    @Nullable String rtmp,
    @Nullable String srt) {
  /** {@return the server's address; not what may carry the stream key} */
  @Override
  public String toString() {
    return "PublishAddresses[rtmpServer=%s, …]".formatted(rtmpServer);
  }
}
