package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a real stream, H.264 with two B-frames and AAC, and has FFmpeg read what comes out. */
class RealStreamTest {
  private static final Path FFPROBE = Path.of("/usr/bin/ffprobe");

  /** Two B-frames at 30 frames a second. */
  private static final double FIRST_PICTURE_PTS = 0.067;

  /** Where a timeline's clock begins, with the first picture. */
  private static final double SHIFT = 10 - FIRST_PICTURE_PTS;

  private static final double VIDEO_TIMESCALE = 90_000;

  @TempDir Path directory;

  static byte[] clip() {
    try (InputStream in = RealStreamTest.class.getResourceAsStream("bframes.flv")) {
      if (in == null) {
        throw new AssertionError("bframes.flv is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void ffprobeReadsEveryPacketOfTheSourceBitExactly() throws Exception {
    assumeTrue(Files.isExecutable(FFPROBE), "ffprobe is not installed");
    RecordingSink made =
        InputScript.opened()
            .flv(clip())
            .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS))
            .run();
    Path source = Files.write(directory.resolve("source.flv"), clip());

    for (int rendition : new int[] {InputScript.VIDEO, InputScript.AUDIO}) {
      boolean isVideo = rendition == InputScript.VIDEO;
      String stream = isVideo ? "v" : "a";
      // A picture is decoded as much later as the first keyframe is shown later.
      double later = isVideo ? FIRST_PICTURE_PTS : 0;
      double moved = isVideo ? shownBeforeDecoded(made) : 0;
      Path file = Files.write(directory.resolve(stream + ".mp4"), made.file(rendition));

      List<Packet> expected = packets(source, stream);
      List<Packet> read = packets(file, stream);

      // Sound from before the first picture is left out.
      while (!expected.getFirst().hash().equals(read.getFirst().hash())) {
        assertThat(expected.removeFirst().pts()).isLessThan(FIRST_PICTURE_PTS);
      }
      assertThat(read).hasSameSizeAs(expected);
      for (int i = 0; i < read.size(); i++) {
        assertThat(read.get(i).hash()).isEqualTo(expected.get(i).hash());
        assertThat(read.get(i).pts() - expected.get(i).pts() - SHIFT - moved)
            .isBetween(-0.001, 0.001);
        assertThat(read.get(i).dts() - expected.get(i).dts() - SHIFT - later)
            .isBetween(-0.033, 0.033);
      }
    }
  }

  @Test
  void ffprobeReadsTheKeyframeFromTheBytesThatAnIFramePlaylistNames() throws Exception {
    assumeTrue(Files.isExecutable(FFPROBE), "ffprobe is not installed");
    RecordingSink made =
        InputScript.opened()
            .flv(clip())
            .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS))
            .run();
    Path whole = Files.write(directory.resolve("whole.mp4"), made.file(InputScript.VIDEO));
    IndexRecord.PartPublished part = made.parts(InputScript.VIDEO).getFirst();
    Bytes data = Objects.requireNonNull(made.parts.get(part.key()));
    ByteArrayOutputStream picture = new ByteArrayOutputStream();
    picture.writeBytes(made.all(IndexRecord.InitSection.class).getFirst().data().toArray());
    picture.writeBytes(data.slice(0, part.keyframeBytes()).toArray());
    Path file = Files.write(directory.resolve("picture.mp4"), picture.toByteArray());

    // The chunk says more samples than the range has: that is all that there is to complain about.
    assertThat(part.keyframeBytes()).isBetween(1, part.sizeBytes() - 1);
    assertThat(packets(file, "v", "-read_intervals", "%+#1", "-v", "fatal"))
        .containsExactly(packets(whole, "v").getFirst());
  }

  /**
   * By how much a picture is shown before it is decoded, at most, in seconds. FFmpeg shows the
   * whole track as much later, that of its own CMAF files too.
   */
  private static double shownBeforeDecoded(RecordingSink made) {
    long ticks =
        made.parts(InputScript.VIDEO).stream()
            .flatMap(part -> Chunks.read(made.parts.get(part.key())).samples().stream())
            .mapToLong(sample -> sample.dts() - sample.pts())
            .max()
            .orElseThrow();
    return (double) ticks / VIDEO_TIMESCALE;
  }

  private record Packet(double pts, double dts, String hash) {}

  private List<Packet> packets(Path file, String stream, String... options)
      throws IOException, InterruptedException {
    Path warnings = directory.resolve("warnings");
    List<String> command = new ArrayList<>(List.of(FFPROBE.toString()));
    command.addAll(
        List.of(
            "-v",
            "warning",
            "-select_streams",
            stream,
            "-show_packets",
            "-show_data_hash",
            "SHA256",
            "-show_entries",
            "packet=pts_time,dts_time,data_hash",
            "-of",
            "csv=p=0"));
    command.addAll(List.of(options));
    command.add(file.toString());
    Process ffprobe = new ProcessBuilder(command).redirectError(warnings.toFile()).start();
    List<Packet> packets = new ArrayList<>();
    for (String line :
        new String(ffprobe.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      String[] fields = line.split(",", -1);
      packets.add(
          new Packet(Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), fields[2]));
    }
    assertThat(ffprobe.waitFor()).isZero();
    assertThat(warnings).isEmptyFile();
    return packets;
  }
}
