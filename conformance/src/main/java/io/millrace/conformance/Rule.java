package io.millrace.conformance;

import static io.millrace.conformance.Severity.MUST;
import static io.millrace.conformance.Severity.SHOULD;

import java.util.Locale;

/** Every rule that is checked, with the clause that it stands in. */
public enum Rule {
  // Transport, of both.
  HTTP_ANSWERS(
      MUST,
      "RFC 9110 15",
      "Every address that is named gives a whole answer within the limits of time, size and"
          + " redirects."),
  HTTP_CORS(
      SHOULD, "Fetch 3.2", "Answers have Access-Control-Allow-Origin, so that browsers may play."),
  HTTP_CACHE_CONTROL(
      SHOULD, "RFC 8216bis B.1", "Answers tell caches their lifetime with Cache-Control."),

  HTTP_CORS_EXPOSE(
      SHOULD,
      "Fetch 3.2",
      "Access-Control-Expose-Headers names Age and Date, of playlists and MPDs."),
  HTTP_CORS_EXPOSE_MEDIA(
      SHOULD,
      "Fetch 3.2",
      "Access-Control-Expose-Headers names Content-Length and Content-Range, of media."),

  // How playlists are written and sent.
  HLS_EXTM3U(MUST, hls("4.4.1.1"), "The first line is #EXTM3U."),
  HLS_UTF8(MUST, hls("4.1"), "Playlists are UTF-8 without BOM and control characters."),
  HLS_CONTENT_TYPE(
      MUST, hls("4"), "A playlist is known by its Content-Type or by a path that ends with .m3u8."),
  HLS_MIXED(
      MUST, hls("4.4.6"), "Tags of media and of multivariant playlists do not stand together."),
  HLS_ONCE(MUST, hls("4.4.3"), "Tags that apply to the whole playlist stand there once."),
  HLS_ATTRIBUTES(MUST, hls("4.2"), "Attribute lists are well formed and have each name once."),
  HLS_GZIP(SHOULD, hls("6.2.1"), "Playlists are sent with gzip to whoever accepts it."),
  HLS_HTTP_2(MUST, hls("B.1"), "Playlists and media are served over HTTP/2 or 3."),
  HLS_MEDIA_REDIRECT(
      SHOULD, "HLS Authoring Specification 8.18", "Requests for media are not redirected."),
  HLS_RANGES(MUST, hls("B.1"), "Ranges are served where playlists have byte ranges."),
  HLS_PRIORITY(
      MUST,
      hls("B.1"),
      "Where answers have Priority (RFC 9218), playlists have urgency 1 and media 2 to 6."),
  HLS_CACHE_LIFETIME(
      SHOULD,
      hls("B.1"),
      "Caches keep playlists for half a target duration, blocking ones for six, refusals for one"
          + " and four; not for longer."),
  HLS_AGE(MUST, hls("B.1"), "Caches tell how old their answers are, with Age."),
  HLS_MEDIA_TYPE(SHOULD, hls("3.1"), "Media is sent as what it is, by Content-Type."),

  // What one media playlist says.
  HLS_VERSION(MUST, hls("8"), "EXT-X-VERSION is at least what the tags need."),
  HLS_VERSION_NEEDED(SHOULD, hls("6.2.1"), "EXT-X-VERSION is not more than the tags need."),
  HLS_TARGETDURATION(MUST, hls("4.4.3.1"), "EXT-X-TARGETDURATION is there and at least 1."),
  HLS_PLAYLIST_TYPE(
      MUST, hls("6.2.2"), "A playlist that removes segments has no EXT-X-PLAYLIST-TYPE."),
  HLS_EXTINF(MUST, hls("4.4.4.1"), "Every segment has an EXTINF with its duration."),
  HLS_EXTINF_TARGET(MUST, hls("4.4.3.1"), "EXTINF, rounded, is at most the target duration."),
  HLS_EXTINF_DECIMALS(
      SHOULD, hls("4.4.4.1"), "Durations are decimal fractions, exact enough to be added up."),
  HLS_BYTERANGE(
      MUST,
      hls("4.4.4.2"),
      "EXT-X-BYTERANGE has an offset, or follows a range of the same resource."),
  HLS_MAP(MUST, hls("3.1.2"), "Segments of fragmented MPEG-4 have an EXT-X-MAP."),
  HLS_SEQUENCE_FIRST(
      MUST,
      hls("4.4.3.2"),
      "EXT-X-MEDIA-SEQUENCE and EXT-X-DISCONTINUITY-SEQUENCE stand before the first segment."),
  HLS_HOLD_BACK(MUST, hls("4.4.3.8"), "HOLD-BACK is at least three target durations."),
  HLS_CAN_SKIP_UNTIL(MUST, hls("4.4.3.8"), "CAN-SKIP-UNTIL is at least six target durations."),
  HLS_CAN_SKIP_DATERANGES(MUST, hls("4.4.3.8"), "CAN-SKIP-DATERANGES stands with CAN-SKIP-UNTIL."),
  HLS_PART_HOLD_BACK(
      MUST,
      hls("4.4.3.8"),
      "PART-HOLD-BACK is there with EXT-X-PART-INF, at least twice PART-TARGET."),
  HLS_PART_HOLD_BACK_THREE(
      SHOULD, hls("4.4.3.8"), "PART-HOLD-BACK is at least three times PART-TARGET."),
  HLS_PART_INF(MUST, hls("4.4.3.7"), "EXT-X-PART-INF with PART-TARGET is there where parts are."),
  HLS_PART_ATTRIBUTES(MUST, hls("4.4.4.9"), "EXT-X-PART has URI and DURATION."),
  HLS_PART_DURATION(MUST, hls("4.4.4.9"), "A part lasts no longer than PART-TARGET."),
  HLS_PART_SHORT(
      MUST,
      hls("4.4.4.9"),
      "A part lasts at least 85 % of PART-TARGET, unless it is independent, a gap, before one, or"
          + " the last of its segment."),
  HLS_PART_SUM(MUST, hls("3.2"), "The parts of a segment last as long as it does."),
  HLS_TAGS_BEFORE_PARTS(
      MUST,
      hls("4.4.4.9"),
      "EXT-X-DISCONTINUITY, KEY, MAP and PROGRAM-DATE-TIME stand before the first part of their"
          + " segment."),
  HLS_PARTS_REMOVED(
      SHOULD, hls("6.2.2"), "Parts further than three target durations from the end are removed."),
  HLS_I_FRAMES_PARTS(SHOULD, hls("4.4.4.9"), "Playlists of I-frames have no parts."),
  HLS_PROGRAM_DATE_TIME(MUST, hls("B.1"), "Low-latency playlists have EXT-X-PROGRAM-DATE-TIME."),
  HLS_DATE_FORM(
      SHOULD, hls("4.4.4.6"), "EXT-X-PROGRAM-DATE-TIME has a time zone and milliseconds."),
  HLS_DATE_AMBIGUOUS(MUST, hls("6.2.1"), "Dates go forward, and overlap by less than a second."),
  HLS_DATE_SUM(
      SHOULD,
      hls("6.2.1"),
      "A segment's date is that of the one before plus its EXTINF, to within a frame."),
  HLS_DATE_AFTER_DISCONTINUITY(
      SHOULD, hls("6.2.1"), "A segment with EXT-X-DISCONTINUITY has a date where others have."),
  HLS_DATERANGE_DATES(
      MUST, hls("4.4.5.1"), "EXT-X-DATERANGE needs an EXT-X-PROGRAM-DATE-TIME in the playlist."),
  HLS_DATERANGE_ATTRIBUTES(
      MUST, hls("4.4.5.1"), "EXT-X-DATERANGE has ID and START-DATE, and an end that fits."),
  HLS_DATERANGE_SAME(
      MUST, hls("4.4.5.1"), "EXT-X-DATERANGE of the same ID have the same attributes."),
  HLS_HINT_ATTRIBUTES(MUST, hls("4.4.5.3"), "EXT-X-PRELOAD-HINT has TYPE and URI."),
  HLS_HINT_ONE(SHOULD, hls("6.2.6"), "There is one EXT-X-PRELOAD-HINT of a TYPE."),
  HLS_HINT_ENDED(MUST, hls("4.4.5.3"), "No EXT-X-PRELOAD-HINT stands with EXT-X-ENDLIST."),
  HLS_HINT_PART(
      MUST, hls("B.1"), "A live playlist with parts has an EXT-X-PRELOAD-HINT of the next one."),
  HLS_REPORT_ATTRIBUTES(
      MUST, hls("4.4.5.4"), "EXT-X-RENDITION-REPORT has a relative URI, LAST-MSN and LAST-PART."),
  HLS_START(
      SHOULD,
      hls("4.4.2.2"),
      "EXT-X-START has TIME-OFFSET, no nearer to the end than players begin."),
  HLS_SIX_SEGMENTS(
      SHOULD, "HLS Authoring Specification 8", "A live playlist has six segments or more."),
  HLS_DISCONTINUITY_SEQUENCE_TAG(
      MUST,
      hls("6.2.2"),
      "A playlist with EXT-X-DISCONTINUITY that removes segments has"
          + " EXT-X-DISCONTINUITY-SEQUENCE."),
  HLS_ENDED_WHOLE(
      MUST,
      hls("6.2.1"),
      "A playlist with EXT-X-ENDLIST has the final segment, not only its parts."),
  HLS_INTERSTITIAL(
      MUST,
      hls("D.2"),
      "An interstitial has X-ASSET-URI or X-ASSET-LIST, not both, and values that are defined."),

  // What a multivariant playlist says.
  HLS_STREAM_INF_URI(MUST, hls("4.4.6.2"), "A URI follows EXT-X-STREAM-INF."),
  HLS_STREAM_INF_BANDWIDTH(MUST, hls("4.4.6.2"), "EXT-X-STREAM-INF has BANDWIDTH."),
  HLS_STREAM_INF_CODECS(SHOULD, hls("4.4.6.2"), "EXT-X-STREAM-INF has CODECS."),
  HLS_STREAM_INF_RESOLUTION(SHOULD, hls("4.4.6.2"), "EXT-X-STREAM-INF of video has RESOLUTION."),
  HLS_STREAM_INF_GROUP(
      MUST, hls("4.4.6.2"), "AUDIO, VIDEO and SUBTITLES name groups that are there."),
  HLS_STREAM_INF_AVERAGE(
      SHOULD, hls("4.4.6.2"), "EXT-X-STREAM-INF has AVERAGE-BANDWIDTH, at most BANDWIDTH."),
  HLS_STREAM_INF_FRAME_RATE(
      SHOULD,
      hls("4.4.6.2"),
      "EXT-X-STREAM-INF of video has FRAME-RATE, rounded to three decimals."),
  HLS_STREAM_INF_VIDEO_RANGE(MUST, hls("4.4.6.2"), "VIDEO-RANGE is SDR, HLG or PQ."),
  HLS_STREAM_INF_HDCP_LEVEL(MUST, hls("4.4.6.2"), "HDCP-LEVEL is TYPE-0, TYPE-1 or NONE."),
  HLS_STREAM_INF_SCORE(
      SHOULD, hls("4.4.6.2"), "SCORE is above 0, and stands with all variants or with none."),
  HLS_STREAM_INF_SUPPLEMENTAL(
      MUST,
      hls("4.4.6.2"),
      "SUPPLEMENTAL-CODECS has codecs with their brands, and CODECS their base layers."),
  HLS_STREAM_INF_VIDEO_LAYOUT(
      MUST,
      hls("4.4.6.2"),
      "REQ-VIDEO-LAYOUT has entries that are not empty, of channels and projection, each once."),
  HLS_STREAM_INF_VIDEO_LAYOUT_PLAIN(
      SHOULD,
      hls("4.4.6.2"),
      "REQ-VIDEO-LAYOUT is not there for what is monoscopic and rectilinear."),
  HLS_STREAM_INF_CAPTIONS(
      MUST,
      hls("4.4.6.2"),
      "CLOSED-CAPTIONS names a group that is there, or is NONE in all variants."),
  HLS_STABLE_ID(
      MUST,
      hls("4.4.6.2"),
      "STABLE-VARIANT-ID and STABLE-RENDITION-ID have the characters that are allowed."),
  HLS_STEERING(
      MUST, hls("4.4.6.6"), "EXT-X-CONTENT-STEERING has SERVER-URI, and PATHWAY-ID of a variant."),
  HLS_I_FRAME_INF(
      MUST,
      hls("4.4.6.3"),
      "EXT-X-I-FRAME-STREAM-INF has BANDWIDTH and URI, and nothing of sound, text and frame rate."),
  HLS_MEDIA_ATTRIBUTES(
      MUST, hls("4.4.6.1"), "EXT-X-MEDIA has TYPE, GROUP-ID and NAME, and what its TYPE asks for."),
  HLS_MEDIA_CHANNELS(SHOULD, hls("4.4.6.1"), "EXT-X-MEDIA of audio has CHANNELS."),
  HLS_MEDIA_LANGUAGE(
      SHOULD,
      hls("4.4.6.1"),
      "LANGUAGE is a language tag, and is there where a group has more than one member."),
  HLS_MEDIA_NAME(MUST, hls("4.4.6.1.1"), "NAME is unique in its group."),
  HLS_MEDIA_DEFAULT(
      MUST, hls("4.4.6.1.1"), "A group has one DEFAULT=YES at most, and that no AUTOSELECT=NO."),
  HLS_MEDIA_GROUPS(
      MUST,
      hls("4.4.6.1.1"),
      "Groups of the same TYPE have the same members, alike but for coding."),

  // What playlists of one presentation owe each other.
  HLS_CODECS(
      MUST,
      hls("4.4.6.2"),
      "CODECS names the format of every segment that the variant's playlists list, with profile and"
          + " level, also of those before a change."),
  HLS_RESOLUTION(
      SHOULD, hls("4.4.6.2"), "RESOLUTION is that of the largest picture that is listed."),
  HLS_VIDEO_RANGE(
      MUST,
      hls("4.4.6.2"),
      "VIDEO-RANGE is what the transfer characteristics of all video ask for that is listed."),
  HLS_BANDWIDTH(SHOULD, hls("4.4.6.2"), "BANDWIDTH is a representative peak."),
  HLS_INDEPENDENT_ONCE(
      SHOULD,
      hls("4.4.2.1"),
      "EXT-X-INDEPENDENT-SEGMENTS stands in the multivariant playlist or in media playlists."),
  HLS_TARGETDURATION_SAME(MUST, hls("6.2.4"), "All media playlists have the same target duration."),
  HLS_SERVER_CONTROL_SAME(
      MUST, hls("6.2.4"), "All media playlists have the same EXT-X-SERVER-CONTROL."),
  HLS_PART_HOLD_BACK_ALL(
      SHOULD, hls("4.4.3.8"), "PART-HOLD-BACK is three times the largest PART-TARGET of all."),
  HLS_REPORT_EACH(
      MUST, hls("B.1"), "Each media playlist has one EXT-X-RENDITION-REPORT of each other."),
  HLS_DATERANGES_SAME(MUST, hls("6.2.4"), "Playlists with date ranges have the same ones."),
  HLS_DATES_ALL(MUST, hls("6.2.4"), "All media playlists have EXT-X-PROGRAM-DATE-TIME, or none."),
  HLS_DATES_CONSISTENT(
      MUST, hls("6.2.4"), "Dates and media timestamps go together alike in all playlists."),
  HLS_DISCONTINUITY_SAME(
      MUST, hls("6.2.4"), "Matching segments have matching discontinuity sequence numbers."),
  HLS_SKEW(SHOULD, hls("6.2.4"), "Segments of the same number begin together, to within a frame."),
  HLS_IN_SYNC(MUST, hls("B.1"), "Renditions are updated together, to within a part."),

  HLS_I_FRAMES_ONLY(
      MUST,
      hls("4.4.6.3"),
      "What EXT-X-I-FRAME-STREAM-INF names is a playlist with EXT-X-I-FRAMES-ONLY."),
  HLS_I_FRAMES_MEDIA(MUST, hls("4.4.3.6"), "A segment of I-frames begins with a sync sample."),
  HLS_I_FRAMES_BLOCK(
      SHOULD, hls("6.2.5.2"), "Playlists of I-frames can be waited for with _HLS_msn."),

  // How a media playlist changes.
  HLS_PLAYLIST_AVAILABLE(MUST, hls("6.2.1"), "A live playlist is answered with 200."),
  HLS_TARGETDURATION_KEPT(MUST, hls("6.2.1"), "The target duration never changes."),
  HLS_MEDIA_SEQUENCE(
      MUST,
      hls("6.2.2"),
      "Media sequence numbers only grow, by one for each segment that is removed."),
  HLS_MEDIA_SEQUENCE_JUMP(
      MUST, hls("6.2.2"), "Media sequence numbers do not jump, also where a server starts again."),
  HLS_APPEND_ONLY(
      MUST,
      hls("6.2.1"),
      "A playlist grows behind and is cut in front, segment by segment; nothing else changes."),
  HLS_INDEPENDENT_KEPT(
      MUST,
      hls("6.2.1"),
      "EXT-X-INDEPENDENT-SEGMENTS stands in all versions of a media playlist or in none."),
  HLS_CONTROL_KEPT(
      MUST, hls("6.2.1"), "A media playlist keeps its EXT-X-SERVER-CONTROL and EXT-X-PART-INF."),
  HLS_PARTS_IN_ORDER(MUST, hls("6.2.2"), "Parts are removed in order."),
  HLS_LENGTH(MUST, hls("6.2.2"), "Removing segments leaves at least three target durations."),
  HLS_DISCONTINUITY_SEQUENCE(MUST, hls("6.2.2"), "EXT-X-DISCONTINUITY-SEQUENCE never goes back."),
  HLS_DISCONTINUITY_NUMBERS(
      MUST, hls("6.2.2"), "A segment keeps its discontinuity sequence number."),
  HLS_DATERANGE_KEPT(
      MUST, hls("6.2.1"), "EXT-X-DATERANGE stays while a listed segment is within it."),
  HLS_PART_PACE(MUST, hls("6.2.1"), "A part is added within PART-TARGET after the one before."),
  HLS_SEGMENT_PACE(
      MUST, hls("6.2.1"), "A segment is added within one and a half target durations."),
  HLS_SOURCE_PACE(
      SHOULD,
      hls("6.2.1"),
      "Media reaches the server in time to add a part within PART-TARGET after the one before."),

  // What the server does when asked.
  HLS_BLOCK_CONTAINS(
      MUST, hls("6.2.5.2"), "A blocking reload is answered when it has what was asked for."),
  HLS_BLOCK_LIMIT(
      SHOULD, hls("6.2.5.2"), "A reload is not held for more than three target durations."),
  HLS_BLOCK_STALL(
      SHOULD,
      hls("6.2.5.2"),
      "A reload that has waited for three target durations in vain is answered 503."),
  HLS_BLOCK_SEGMENT(
      MUST,
      hls("6.2.5.2"),
      "A reload with _HLS_msn alone is held until all of the segment is there."),
  HLS_BLOCK_NUMBER(
      SHOULD, hls("6.2.5.2"), "Directives that are no decimal-integer are refused with 400."),
  HLS_BLOCK_FAR(
      SHOULD, hls("6.2.5.2"), "_HLS_msn further than two segments ahead is refused with 400."),
  HLS_BLOCK_FAR_PART(
      SHOULD, hls("6.2.5.2"), "_HLS_part past the Advance Part Limit is refused with 400."),
  HLS_BLOCK_PART_ALONE(MUST, hls("6.2.5.2"), "_HLS_part without _HLS_msn is refused with 400."),
  HLS_BLOCK_OLD(
      MUST,
      hls("6.2.5.2"),
      "A reload for an old segment is answered at once with the whole playlist."),
  HLS_BLOCK_PAST_PART(
      MUST, hls("6.2.5.2"), "A part past a segment's last is part 0 of the next segment."),
  HLS_ENDED_DIRECTIVES(MUST, hls("6.2.5.2"), "Directives are ignored after EXT-X-ENDLIST."),
  HLS_ENDED_WAKES(MUST, hls("6.2.5.2"), "A reload that waits is answered when the playlist ends."),
  HLS_SKIP_UNASKED(
      MUST, hls("6.2.5.1"), "EXT-X-SKIP comes only where it was asked for and is offered."),
  HLS_DELTA(MUST, hls("6.2.5.1"), "_HLS_skip is answered with a delta update."),
  HLS_DELTA_NUMBER(MUST, hls("4.4.5.2"), "EXT-X-SKIP has SKIPPED-SEGMENTS, at least 1."),
  HLS_DELTA_BOUNDARY(
      MUST,
      hls("6.2.5.1"),
      "Segments nearer than CAN-SKIP-UNTIL to the end of the last whole one are not skipped."),
  HLS_DELTA_DATERANGES(
      MUST,
      hls("6.2.5.1"),
      "With _HLS_skip=v2, EXT-X-DATERANGE that were added within CAN-SKIP-UNTIL are not skipped,"
          + " and older ones are."),
  HLS_DELTA_MERGE(
      MUST, hls("6.2.5.1"), "A delta update merged with what was before is the whole playlist."),
  HLS_HINT_URI(MUST, hls("4.4.5.3"), "The next part stands at the address that was hinted."),
  HLS_HINT_ABANDONED(
      SHOULD,
      hls("6.2.6"),
      "A hinted part is published; only a segment that ends otherwise than planned drops it."),
  HLS_HINT_AVAILABLE(MUST, hls("6.2.6"), "A hinted part can be asked for before it is there."),
  HLS_HINT_WHOLE(MUST, hls("6.2.6"), "No byte of a part is sent before all of it can be."),
  HLS_HINT_LENGTH(
      SHOULD, "RFC 9110 8.6", "The answer with a hinted part has Content-Length: it is whole."),
  HLS_HINT_MAP(
      MUST, hls("B.1"), "With a part of another init section, that is hinted too, as TYPE=MAP."),
  HLS_UNKNOWN(SHOULD, hls("6.2.6"), "What was never hinted is answered 404 at once."),
  HLS_REPORT_TRUE(
      MUST, hls("4.4.5.4"), "What a rendition report tells of is there, and the newest."),
  HLS_PART_AVAILABLE(MUST, hls("6.2.1"), "A part that is listed can be fetched."),
  HLS_SEGMENT_AVAILABLE(
      MUST, hls("6.2.1"), "A segment or init section that is listed can be fetched."),
  HLS_PART_KEPT(
      MUST, hls("6.2.2"), "A part can be fetched for three target durations after it was removed."),
  HLS_SEGMENT_KEPT(
      MUST, hls("6.2.2"), "A segment can be fetched for its own duration after it was removed."),

  // What the media is, against the playlist.
  HLS_SEGMENT_PARTS(MUST, hls("3.2"), "A segment is its parts, one behind the other."),
  HLS_EXTINF_MEDIA(MUST, hls("4.4.4.1"), "EXTINF is the duration of the media, to within a frame."),
  HLS_EXTINF_SUM(
      SHOULD,
      "HLS Authoring Specification 8.1",
      "EXTINF, added up, stays within a frame of the media's timestamps."),
  HLS_PART_MEDIA(
      MUST, hls("4.4.4.9"), "DURATION is the duration of the part's media, to within a frame."),
  HLS_INDEPENDENT(SHOULD, hls("4.4.4.9"), "A part with an independent frame has INDEPENDENT=YES."),
  HLS_INDEPENDENT_TRUE(
      MUST, hls("4.4.4.9"), "A part with INDEPENDENT=YES has an independent frame."),
  HLS_INDEPENDENT_SEGMENTS(
      MUST, hls("4.4.2.1"), "With EXT-X-INDEPENDENT-SEGMENTS each segment can be decoded alone."),

  // Boxes and samples.
  CMAF_BOXES(
      MUST,
      "ISO/IEC 14496-12 4.2",
      "Boxes are whole, their sizes add up, and what is required is there."),
  CMAF_BRAND(MUST, "ISO/IEC 23000-19 7.2", "The init section has brand cmfc or cmf2."),
  CMAF_ONE_TRACK(
      MUST, "ISO/IEC 23000-19 7.3.1", "There is one track in an init section and in a chunk."),
  CMAF_TRACK_ID(MUST, "ISO/IEC 14496-12 8.8.7", "Chunks have the track_ID of their init section."),
  CMAF_DEFAULT_BASE_IS_MOOF(
      MUST, "ISO/IEC 23000-19 7.3.2.3", "tfhd has default-base-is-moof and no base-data-offset."),
  CMAF_TFDT(MUST, "ISO/IEC 23000-19 7.3.2.3", "Every chunk has a tfdt."),
  CMAF_TFDT_VERSION(
      SHOULD,
      "ISO/IEC 14496-12 8.8.12",
      "tfdt has version 1: 32 bits of 90 kHz are over in half a day."),
  CMAF_DATA_OFFSET(MUST, "ISO/IEC 14496-12 8.8.8", "data_offset points into the chunk's mdat."),
  CMAF_SAMPLE_SIZES(
      MUST, "ISO/IEC 23000-19 7.3.2.3", "The samples of a chunk are the payload of its mdat."),
  CMAF_DECODE_TIMES(
      MUST,
      "ISO/IEC 14496-12 8.8.12",
      "A chunk's tfdt is where the samples of the chunk before end."),
  CMAF_SEQUENCE_NUMBERS(
      MUST, "ISO/IEC 14496-12 8.8.5", "mfhd's sequence_number grows from chunk to chunk."),
  CMAF_PRESENTATION_OVERLAP(
      SHOULD,
      "ISO/IEC 23000-19 7.3.2.2",
      "A segment's presentation begins where that of the one before ends, to half a sample, or"
          + " later."),
  CMAF_SEGMENT_STARTS_SYNC(
      MUST, "ISO/IEC 23000-19 7.3.2.2", "A segment of video begins with a sync sample."),
  CMAF_SEGMENT_BRANDS(
      MUST,
      "ISO/IEC 23000-19 7.2",
      "What has brand cmfs or cmff in its styp begins with a sync sample."),
  CMAF_NAL_UNITS(
      MUST, "ISO/IEC 14496-15 5.3", "NAL units with their lengths fill a sample exactly."),
  CMAF_SYNC_SAMPLE(
      MUST,
      "ISO/IEC 14496-12 8.6.2",
      "A sample is marked as sync where it holds an IDR or IRAP picture, and only there."),
  CMAF_PARAMETER_SETS(
      MUST, "ISO/IEC 14496-15 5.3", "Samples of avc1 and hvc1 hold no parameter sets."),
  CMAF_SEGMENT_HEADER(
      MUST,
      "ISO/IEC 23000-19 7.3.2",
      "Segments hold no ftyp and moov; those are the init section."),
  CMAF_INIT_KEPT(
      MUST,
      "ISO/IEC 23000-19 7.3.1",
      "An init section's bytes never change; another one has another address."),
  CMAF_SAME_BYTES(
      MUST,
      "ISO/IEC 23000-19 7.3.2",
      "The same media has the same bytes in HLS and DASH, where both are checked."),

  // What an MPD says.
  DASH_XML(MUST, dash("5.2"), "An MPD is well-formed XML; a DTD has no place in it."),
  DASH_CONTENT_TYPE(SHOULD, dash("Annex C"), "An MPD is sent as application/dash+xml."),
  DASH_SCHEMA_ELEMENTS(
      MUST,
      dash("Annex B"),
      "Elements stand in the order of the schema, and as often as it allows."),
  DASH_SCHEMA_ATTRIBUTES(
      MUST,
      dash("Annex B"),
      "Attributes are those of the schema: what is required is there, and values have their form."),
  DASH_MPD(MUST, dash("5.3.1.2"), "MPD has its namespace, profiles and minBufferTime."),
  DASH_DYNAMIC(MUST, dash("5.3.1.2"), "A dynamic MPD has availabilityStartTime and publishTime."),
  DASH_UPDATE_PERIOD(
      MUST, dash("5.3.1.2"), "A dynamic MPD with SegmentTimeline has minimumUpdatePeriod."),
  DASH_PERIOD_ID(MUST, dash("5.3.2.2"), "Periods of a dynamic MPD have ids, each its own."),
  DASH_REPRESENTATION(
      MUST, dash("5.3.5.2"), "A Representation has an id that is unique, bandwidth and mimeType."),
  DASH_TEMPLATE(
      MUST,
      dash("5.3.9.4.4"),
      "A template has $Number$ or $Time$, and duration or SegmentTimeline, not both."),
  DASH_S_ORDER(MUST, dash("5.3.9.6"), "An S begins where the one before ends, or later."),
  DASH_S_CONTINUITY(SHOULD, dash("5.3.9.6"), "SegmentTimeline has no gaps."),
  DASH_S_DURATION(MUST, dash("5.3.9.6"), "S@d is at most maxSegmentDuration."),
  DASH_OFFSET_ALL(
      SHOULD, dash("5.3.9.5"), "availabilityTimeOffset is on all Representations or on none."),
  DASH_OFFSET_INCOMPLETE(
      SHOULD,
      dash("5.3.9.5"),
      "availabilityTimeOffset stands with availabilityTimeComplete=\"false\"."),
  DASH_UTC_TIMING(SHOULD, dash("5.8.4.11"), "A dynamic MPD has UTCTiming."),
  DASH_LATENCY(
      SHOULD, dash("Annex K"), "A low-latency MPD has a ServiceDescription with Latency@target."),
  DASH_PATCH_ID(MUST, dash("5.15"), "An MPD with PatchLocation has an id."),
  DASH_STEERING(
      MUST,
      dash("Annex K"),
      "ContentSteering has an address, and its defaultServiceLocation is that of a BaseURL."),
  DASH_SEQUENCE(
      MUST, dash("5.3.9.4.4"), "A template with $SubNumber$ has k, the parts of a segment."),

  // How it changes, and what the server does.
  DASH_MPD_AVAILABLE(MUST, dash("5.4"), "A live MPD is answered with 200."),
  DASH_PUBLISH_TIME(
      MUST, dash("5.3.1.2"), "publishTime is later with every change and never earlier."),
  DASH_START_KEPT(MUST, dash("5.4"), "availabilityStartTime never changes."),
  DASH_S_KEPT(
      MUST,
      dash("5.4.1"),
      "Segments are added behind and removed in front; none changes whose end is before publishTime"
          + " and minimumUpdatePeriod are over. That one which ends later may still change is how"
          + " the clause is read here."),
  DASH_PATCH(MUST, dash("5.15"), "A patch applied to the old MPD gives the new one."),
  DASH_UTC_ANSWER(MUST, dash("5.8.4.11"), "The address of UTCTiming answers with a time."),
  DASH_UTC_ERROR(SHOULD, dash("5.8.4.11"), "UTCTiming agrees with a right clock to within 10 ms."),
  DASH_SEGMENT_AVAILABLE(
      MUST,
      dash("5.3.9.5.3"),
      "A segment can be fetched from its availability start time on, an init section always."),
  DASH_TOO_EARLY(
      SHOULD, dash("5.3.9.5.3"), "A segment far ahead of its availability is answered 404."),
  DASH_EDGE(
      SHOULD,
      dash("5.3.9.5.3"),
      "A segment that is asked for before its availability, by a chunk or by a segment, is answered"
          + " 404, or held."),
  DASH_FIRST_BYTE(
      SHOULD, dash("5.3.9.5"), "The first byte comes within 50 ms of the chunk's availability."),
  DASH_CADENCE(SHOULD, dash("5.3.9.5"), "Chunks of an incomplete segment come as they are made."),

  // What the media is, against the MPD.
  DASH_CODECS(
      MUST,
      dash("5.3.7.2"),
      "codecs, with profile and level, width and height are those of the init section, of every"
          + " Period that is listed."),
  DASH_SAR(MUST, dash("5.3.7.2"), "sar is that of the init section."),
  DASH_START_WITH_SAP(
      MUST,
      dash("5.3.3.2"),
      "With startWithSAP of 1 each segment begins with a sync sample that no leading picture"
          + " follows; of 2, with leading pictures that can be decoded; of 3, also with others. So"
          + " far as boxes tell, and NAL units of HEVC."),
  DASH_SEGMENT_TIME(
      MUST,
      dash("5.3.9.6"),
      "A segment begins at its S@t; by number and duration, within half a segment."),
  DASH_SEGMENT_DURATION(
      MUST,
      dash("5.3.9.6"),
      "A segment lasts S@d, to within a sample, once its S can no longer change."),
  DASH_SKEW(
      SHOULD,
      dash("7.2.1"),
      "Segments of the same number and Period begin together, to within a frame."),
  DASH_PRFT(MUST, dash("5.12"), "With ProducerReferenceTime@inband segments begin with a prft."),
  DASH_PRFT_DRIFT(
      SHOULD, "ISO/IEC 14496-12 8.16.5", "Media time and the prft's wall clock go on together."),
  DASH_SEQUENCE_PARTS(
      MUST,
      dash("5.3.9.4.4"),
      "Each of the k parts of a segment lasts a k-th of it, to within a sample."),
  DASH_SEQUENCE_BYTES(
      SHOULD,
      dash("5.3.9.4.4"),
      "The parts are the segment of the AdaptationSet that they stand for, one behind the other."),

  // How players are steered, of both.
  STEERING_MANIFEST(
      MUST, steering("7.2"), "The address of a steering manifest answers with a JSON object."),
  STEERING_TYPE(SHOULD, steering("7.2"), "A steering manifest is sent as what it is."),
  STEERING_VERSION(MUST, steering("7.2"), "VERSION is 1."),
  STEERING_TTL(MUST, steering("7.2"), "TTL is in whole seconds, above 0."),
  STEERING_LIFETIME(
      SHOULD, steering("7.4"), "A steering manifest is not cached for longer than its TTL."),
  STEERING_RELOAD(
      MUST, steering("7.2"), "When TTL is over, the manifest is there again, at RELOAD-URI."),
  STEERING_PATHWAYS(
      MUST, steering("7.2"), "PATHWAY-PRIORITY has pathways, each once, and some that are there."),
  STEERING_CLONES(
      MUST,
      steering("7.3"),
      "PATHWAY-CLONES have a new ID, BASE-ID of a pathway that is there, and URI-REPLACEMENT.");

  private final Severity severity;
  private final String clause;
  private final String says;

  Rule(Severity severity, String clause, String says) {
    this.severity = severity;
    this.clause = clause;
    this.says = says;
  }

  private static String hls(String clause) {
    return "RFC 8216bis " + clause;
  }

  /** What the HLS clause says is in ETSI TS 103 998 for DASH. */
  private static String steering(String clause) {
    return "RFC 8216bis %s, ETSI TS 103 998".formatted(clause);
  }

  private static String dash(String clause) {
    return "ISO/IEC 23009-1 " + clause;
  }

  /** As reports name it, {@code HLS-PART-DURATION}. */
  public String id() {
    return name().replace('_', '-').toUpperCase(Locale.ROOT);
  }

  public Severity severity() {
    return severity;
  }

  /** Standard and clause. */
  public String clause() {
    return clause;
  }

  /** What it wants, in a sentence. */
  public String says() {
    return says;
  }
}
