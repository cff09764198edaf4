package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.mp4.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Writes down what a packager made so that it can be read: boxes, times, flags, lengths. */
final class IndexDump {
  private static final Set<String> CONTAINERS =
      Set.of("moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf");

  private IndexDump() {}

  /** Compares with a file; {@code -Dmillrace.golden.rewrite=true} writes it anew. */
  static void assertSame(RecordingSink made, Path golden) throws IOException {
    String dump = of(made);
    if (Boolean.getBoolean("millrace.golden.rewrite")) {
      Files.writeString(golden, dump);
    }
    assertThat(dump).isEqualTo(Files.readString(golden));
  }

  private static String of(RecordingSink made) {
    StringBuilder out = new StringBuilder();
    for (IndexRecord record : made.records) {
      switch (record) {
        case IndexRecord.TrackDescribed described ->
            line(
                out,
                "track %s %s timescale %d"
                    .formatted(
                        described.track().renditionName(),
                        described.track().codec().codecsString(),
                        described.track().timescale()));
        case IndexRecord.InitSection init -> {
          line(out, "init %d from msn %d, %s".formatted(init.rendition(), init.msn(), init.hash()));
          boxes(out, Box.all(init.data()), "  ");
        }
        case IndexRecord.PartPublished part -> part(out, made, part);
        case IndexRecord.ClockAnchored anchor ->
            line(
                out,
                "clock msn %d media %d utc +%d"
                    .formatted(
                        anchor.msn(),
                        anchor.mediaTimeNs(),
                        anchor.utcNs() - InputScript.START_UTC_NS));
        default -> line(out, record.toString());
      }
    }
    return out.toString();
  }

  private static void part(StringBuilder out, RecordingSink made, IndexRecord.PartPublished part) {
    Bytes data = made.parts.get(part.key());
    assertThat(data).isNotNull();
    line(
        out,
        "part %d/%d.%d at %d%s for %d%s%s, %d bytes, %s"
            .formatted(
                part.key().rendition(),
                part.key().msn(),
                part.key().part(),
                part.startTicks(),
                part.presentationTicks() == part.startTicks()
                    ? ""
                    : " presented at " + part.presentationTicks(),
                part.durationTicks(),
                part.independent() ? " independent" : "",
                part.last() ? " last" : "",
                part.sizeBytes(),
                part.sha256().toHex().substring(0, 16)));
    if (part.key().msn() == 0 && part.key().part() < 2) {
      boxes(out, Box.all(data), "  ");
    }
    for (Chunks.ReadSample sample : Chunks.read(data).samples()) {
      line(
          out,
          "  dts %d pts %+d for %d flags %08x, %d bytes"
              .formatted(
                  sample.dts(),
                  sample.pts() - sample.dts(),
                  sample.duration(),
                  sample.flags(),
                  sample.data().length()));
    }
  }

  private static void boxes(StringBuilder out, List<Box> boxes, String indent) {
    for (Box box : boxes) {
      boolean small = !CONTAINERS.contains(box.type()) && box.body().length() <= 200;
      line(
          out,
          "%s%s %d%s"
              .formatted(
                  indent, box.type(), box.sizeBytes(), small ? " " + box.body().toHex() : ""));
      if (CONTAINERS.contains(box.type())) {
        boxes(out, box.children(), indent + "  ");
      }
    }
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }
}
