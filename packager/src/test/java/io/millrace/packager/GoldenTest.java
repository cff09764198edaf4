package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import io.millrace.media.mp4.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Compares what is made of a real stream with a dump that can be read. {@code
 * -Dmillrace.golden.rewrite=true} writes it anew.
 */
class GoldenTest {
  private static final Path GOLDEN =
      Path.of("src/test/resources/io/millrace/packager/bframes.golden.txt");
  private static final Set<String> CONTAINERS =
      Set.of("moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf");

  private static RecordingSink made() {
    return InputScript.opened()
        .flv(RealStreamTest.clip())
        .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 5_000_000_000L))
        .run();
  }

  @Test
  void theOutputIsAsItWas() throws IOException {
    String dump = dump(made());
    if (Boolean.getBoolean("millrace.golden.rewrite")) {
      Files.writeString(GOLDEN, dump);
    }
    assertThat(dump).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void theSameLogGivesTheSameBytes() {
    RecordingSink one = made();
    RecordingSink two = made();

    assertThat(two.records).isEqualTo(one.records);
    assertThat(two.parts).isEqualTo(one.parts);
  }

  private static String dump(RecordingSink made) {
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
        "part %d/%d.%d at %d for %d%s, %d bytes, %s"
            .formatted(
                part.key().rendition(),
                part.key().msn(),
                part.key().part(),
                part.startTicks(),
                part.durationTicks(),
                part.independent() ? " independent" : "",
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
