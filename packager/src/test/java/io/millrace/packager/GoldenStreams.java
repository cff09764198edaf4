package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All that there are golden files of, for those that read it otherwise. */
final class GoldenStreams {
  /**
   * Holds one init section with the parts that belong to it.
   *
   * @param stream the golden's name
   * @param track as it was described then
   * @param parts those that were published with it
   * @param chunks the same, read back
   * @param bytes as a player would append them
   */
  record Rendition(
      String stream,
      Track track,
      List<IndexRecord.PartPublished> parts,
      List<Chunks.Chunk> chunks,
      Bytes bytes) {
    List<Chunks.ReadSample> samples() {
      return chunks.stream().flatMap(chunk -> chunk.samples().stream()).toList();
    }

    @Override
    public String toString() {
      return stream + " " + track.renditionName() + " " + track.codec().codecsString();
    }
  }

  private static final List<Rendition> CODECS = codecs().toList();
  private static final List<Rendition> HABITS = habits().toList();

  private GoldenStreams() {}

  /** Of real codecs: they can be decoded. */
  static Stream<Rendition> ofCodecs() {
    return CODECS.stream();
  }

  static Stream<Rendition> all() {
    return Stream.concat(CODECS.stream(), HABITS.stream());
  }

  private static Stream<Rendition> codecs() {
    RecordingSink bFrames =
        InputScript.opened()
            .flv(RealStreamTest.clip())
            .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 5_000_000_000L))
            .run();
    return Stream.of(
            Codecs.CLIPS.stream().flatMap(clip -> renditions(clip, Codecs.packaged(clip))),
            renditions("bframes", bFrames),
            renditions("he-aac", Codecs.heAac()))
        .flatMap(each -> each);
  }

  private static Stream<Rendition> habits() {
    return TimelineGoldenTest.scenarios()
        .flatMap(each -> renditions(each.name(), each.show().run(each.endMs())));
  }

  private static Stream<Rendition> renditions(String name, RecordingSink made) {
    List<Rendition> renditions = new ArrayList<>();
    for (int i = 0; i < made.records.size(); i++) {
      if (made.records.get(i) instanceof IndexRecord.InitSection init) {
        List<IndexRecord.PartPublished> parts = made.partsOf(init);
        renditions.add(
            new Rendition(
                name,
                described(made.records.subList(0, i), init.rendition()),
                parts,
                parts.stream().map(part -> Chunks.read(made.parts.get(part.key()))).toList(),
                Bytes.wrap(made.file(init))));
      }
    }
    return renditions.stream();
  }

  private static Track described(List<IndexRecord> before, int rendition) {
    return before.stream()
        .filter(IndexRecord.TrackDescribed.class::isInstance)
        .map(each -> ((IndexRecord.TrackDescribed) each).track())
        .filter(track -> track.id() == rendition)
        .reduce((_, later) -> later)
        .orElseThrow();
  }
}
