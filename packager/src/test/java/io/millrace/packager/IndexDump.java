package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes down what a packager made so that it can be read: boxes, times, flags, lengths. The boxes
 * of the init sections and of each rendition's first two parts stand field by field, those of
 * another part in a line.
 */
final class IndexDump {
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
          out.append(BoxDump.lines(init.data(), "  "));
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
    boolean inFull = part.key().msn() == 0 && part.key().part() < 2;
    out.append(inFull ? BoxDump.lines(data, "  ") : "  " + BoxDump.line(data) + '\n');
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }
}
