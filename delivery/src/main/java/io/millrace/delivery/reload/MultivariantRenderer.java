package io.millrace.delivery.reload;

import io.millrace.delivery.reload.AudioGroups.Group;
import io.millrace.delivery.reload.AudioGroups.Member;
import io.millrace.media.hls.MultivariantPlaylist;
import io.millrace.media.hls.MultivariantPlaylist.Audio;
import io.millrace.media.hls.MultivariantPlaylist.IFrames;
import io.millrace.media.hls.MultivariantPlaylist.Variant;
import io.millrace.media.hls.MultivariantPlaylistWriter;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.TrackKind;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Renders multivariant playlists from a view. Pure: the same view gives the same text at any node.
 */
public final class MultivariantRenderer {
  /** What a variant is said to need where nothing was measured. */
  private static final long LEAST_BANDWIDTH_BPS = 64_000;

  private static final Group SILENT = new Group(/* id= */ "", List.of());

  private final TimelineView timeline;
  private final List<RenditionView> video;
  private final List<RenditionView> audio;

  private MultivariantRenderer(TimelineView timeline) {
    this.timeline = timeline;
    this.video = renditions(timeline, TrackKind.VIDEO);
    this.audio = renditions(timeline, TrackKind.AUDIO);
  }

  /** The playlist, from where {@code TIMELINE/RENDITION/index.m3u8} is reached. */
  public static String render(TimelineView timeline) {
    return MultivariantPlaylistWriter.write(new MultivariantRenderer(timeline).playlist());
  }

  private static List<RenditionView> renditions(TimelineView timeline, TrackKind kind) {
    return timeline.renditions().stream()
        .filter(rendition -> rendition.track().kind() == kind && rendition.hasMedia())
        .toList();
  }

  private MultivariantPlaylist playlist() {
    if (video.isEmpty()) {
      List<Variant> sound = audio.stream().map(each -> variant(each, SILENT)).toList();
      return new MultivariantPlaylist(sound, List.of(), List.of());
    }
    List<Group> groups = AudioGroups.of(audio);
    return new MultivariantPlaylist(
        (groups.isEmpty() ? List.of(SILENT) : groups)
            .stream().flatMap(group -> video.stream().map(each -> variant(each, group))).toList(),
        groups.stream().flatMap(this::members).toList(),
        video.stream().map(this::iFrames).flatMap(Optional::stream).toList());
  }

  private Variant variant(RenditionView rendition, Group sound) {
    Set<String> codecs = new LinkedHashSet<>(codecs(rendition));
    Bandwidth own = Bandwidth.of(timeline, rendition);
    long audioPeak = 0;
    long audioAverage = 0;
    for (Member member : sound.members()) {
      RenditionView other = member.rendition();
      codecs.addAll(codecs(other));
      Bandwidth bandwidth = Bandwidth.of(timeline, other);
      audioPeak = Math.max(audioPeak, bandwidth.peakBps());
      audioAverage = Math.max(audioAverage, bandwidth.averageBps());
    }
    return new Variant(
        uri(rendition, "index.m3u8"),
        sound.id(),
        Math.max(LEAST_BANDWIDTH_BPS, own.peakBps() + audioPeak),
        own.averageBps() + audioAverage,
        List.copyOf(codecs),
        Pictures.ofAll(made(rendition)));
  }

  /**
   * What the segments are made with that the rendition's playlist lists, and those that come next,
   * the newest first: a player that comes now meets all of it (RFC 8216bis 6.2.4).
   */
  private List<CodecConfiguration> made(RenditionView rendition) {
    long first =
        rendition.segments().stream()
            .mapToLong(SegmentView::msn)
            .filter(msn -> msn >= timeline.firstMsn())
            .findFirst()
            .orElse(rendition.open().msn());
    return rendition.configurationsFrom(first).reversed().stream()
        .map(each -> each.track().codec())
        .toList();
  }

  private List<String> codecs(RenditionView rendition) {
    return made(rendition).stream().map(CodecConfiguration::codecsString).distinct().toList();
  }

  /** Empty where no whole segment begins with a picture that can be decoded by itself. */
  private Optional<IFrames> iFrames(RenditionView rendition) {
    Bandwidth bandwidth = Bandwidth.ofIFrames(timeline, rendition);
    return bandwidth.peakBps() == 0
        ? Optional.empty()
        : Optional.of(
            new IFrames(
                uri(rendition, "iframes.m3u8"),
                bandwidth.peakBps(),
                bandwidth.averageBps(),
                codecs(rendition),
                Pictures.ofAll(made(rendition))));
  }

  private Stream<Audio> members(Group group) {
    String first = group.members().getFirst().name();
    return group.members().stream()
        .map(
            member ->
                new Audio(
                    uri(member.rendition(), "index.m3u8"),
                    group.id(),
                    member.name(),
                    member.rendition().track().language(),
                    channels(member.rendition()),
                    /* byDefault= */ member.name().equals(first)));
  }

  /** The most that any segment has; 0 where it is not known. */
  private int channels(RenditionView rendition) {
    int most = 0;
    for (CodecConfiguration codec : made(rendition)) {
      most = Math.max(most, codec instanceof AudioConfiguration sound ? sound.outputChannels() : 0);
    }
    return most;
  }

  private String uri(RenditionView rendition, String file) {
    return timeline.id() + "/" + rendition.name() + "/" + file;
  }
}
