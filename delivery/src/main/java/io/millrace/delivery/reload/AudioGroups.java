package io.millrace.delivery.reload;

import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.window.index.RenditionView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Sorts sound into groups, one for each codec, so that a player finds a variant with no other codec
 * than it has. Pure.
 *
 * <p>All groups have the same members (RFC 8216bis 4.4.6.1.1): of one name and language the first
 * track of each codec is the same sound, and so is the second. Where a codec has no track of a
 * member, the most common codec that has one stands in.
 */
final class AudioGroups {
  private static final String NAME = "Audio";
  private static final String GROUP = "audio";

  /** The codecs, those first that the most players have. */
  private enum Codec {
    AAC,
    MP3,
    OPUS,
    FLAC,
    EAC3,
    AC3;

    static Codec of(Track track) {
      CodecConfiguration codec = track.codec();
      return switch (codec) {
        case AacConfiguration _ -> AAC;
        case Mp3Configuration _ -> MP3;
        case OpusConfiguration _ -> OPUS;
        case FlacConfiguration _ -> FLAC;
        case Eac3Configuration _ -> EAC3;
        case Ac3Configuration _ -> AC3;
        case VideoConfiguration _ -> throw new IllegalArgumentException("no sound: " + track);
      };
    }

    String group() {
      return GROUP + "-" + name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One group.
   *
   * @param id {@code audio} of the first one
   * @param members the first is the default
   */
  record Group(String id, List<Member> members) {
    Group {
      members = List.copyOf(members);
    }
  }

  /** One rendition with its NAME, which is unique in its group. */
  record Member(String name, RenditionView rendition) {
    int track() {
      return rendition.track().id();
    }
  }

  /** Tracks with the same are the same sound. */
  private record Sound(String name, String language, int place) {}

  private AudioGroups() {}

  /** The groups, that of the codec first that the most players have; none without sound. */
  static List<Group> of(List<RenditionView> audio) {
    EnumMap<Codec, Map<Sound, RenditionView>> byCodec = byCodec(audio);
    Map<Sound, Member> all = named(byCodec.values());
    List<Group> groups = new ArrayList<>();
    Set<List<Integer>> told = new HashSet<>();
    byCodec.forEach(
        (codec, own) -> {
          List<Member> members = new ArrayList<>(all.size());
          all.forEach(
              (sound, any) ->
                  members.add(new Member(any.name(), own.getOrDefault(sound, any.rendition()))));
          if (told.add(members.stream().map(Member::track).toList())) {
            groups.add(new Group(groups.isEmpty() ? GROUP : codec.group(), members));
          }
        });
    return groups;
  }

  private static EnumMap<Codec, Map<Sound, RenditionView>> byCodec(List<RenditionView> audio) {
    EnumMap<Codec, Map<Sound, RenditionView>> byCodec = new EnumMap<>(Codec.class);
    for (RenditionView rendition : audio) {
      Track track = rendition.track();
      Map<Sound, RenditionView> own =
          byCodec.computeIfAbsent(Codec.of(track), _ -> new LinkedHashMap<>());
      int place = 0;
      while (own.containsKey(new Sound(track.name(), track.language(), place))) {
        place++;
      }
      own.put(new Sound(track.name(), track.language(), place), rendition);
    }
    return byCodec;
  }

  /** All sounds, each with its name and in the most common codec that there is of it. */
  private static Map<Sound, Member> named(Collection<Map<Sound, RenditionView>> byCodec) {
    Map<Sound, Member> all = new LinkedHashMap<>();
    Set<String> given = new HashSet<>();
    for (Map<Sound, RenditionView> own : byCodec) {
      own.forEach(
          (sound, rendition) -> {
            if (!all.containsKey(sound)) {
              String name = sound.name().isEmpty() ? NAME : sound.name();
              boolean first = given.add(name);
              String unique = first ? name : name + " " + rendition.track().id();
              all.put(sound, new Member(unique, rendition));
            }
          });
    }
    return all;
  }
}
