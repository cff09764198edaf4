package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvFileReader;
import io.millrace.media.flv.FlvTag;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends a real stream, H.264 and AAC, as encoders with bad habits would. What they cannot harm
 * comes out as without them; of the others {@code -Dmillrace.golden.rewrite=true} writes the dumps.
 */
class EncoderHabitsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/millrace/packager/habits");
  private static final byte[] CLIP = RealStreamTest.clip();

  /** Its second keyframe, of which the changes begin. */
  private static final long CHANGE_MS = 1_000;

  private static final Bytes SPS =
      Bytes.ofHex("6764000bac7611082fe5c044000003000400000300f03c50a61180");
  private static final Bytes PPS = Bytes.ofHex("68e843b2c8b0");

  /** Before a picture's NAL units: frame type and codec, packet type, composition time. */
  private static final int PICTURE_HEAD = 5;

  private static final int KEYFRAME_AVC = 0x17;
  private static final int FRAME_AVC = 0x27;

  /** What becomes of each tag. */
  record Habit(String name, Function<FlvTag, Stream<FlvTag>> tags, LongUnaryOperator arrivalMs) {
    Habit(String name, Function<FlvTag, Stream<FlvTag>> tags) {
      this(name, tags, LongUnaryOperator.identity());
    }

    RecordingSink run() {
      return InputScript.opened()
          .flvArriving(rewritten(CLIP, tags), arrivalMs)
          .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 5_000_000_000L))
          .run();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static byte[] rewritten(byte[] clip, Function<FlvTag, Stream<FlvTag>> change) {
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(clip));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.ofHex("464c5601050000000900000000").toArray());
    for (Optional<FlvTag> tag = reader.next(); tag.isPresent(); tag = reader.next()) {
      change
          .apply(tag.get())
          .forEach(
              each -> {
                int size = each.body().length();
                long time = each.timestampMs();
                out.writeBytes(
                    ByteBuffer.allocate(11)
                        .putInt((each.type() << 24) | size)
                        .putInt((int) ((time << 8) | (time >> 24)))
                        .array());
                out.writeBytes(each.body().toArray());
                out.writeBytes(ByteBuffer.allocate(4).putInt(11 + size).array());
              });
    }
    return out.toByteArray();
  }

  private static boolean isPicture(FlvTag tag) {
    return tag.type() == FlvTag.VIDEO
        && tag.body().length() > PICTURE_HEAD
        && tag.body().get(1) == 1;
  }

  private static boolean isKeyframe(FlvTag tag) {
    return isPicture(tag) && tag.body().get(0) == KEYFRAME_AVC;
  }

  private static FlvTag with(FlvTag tag, byte[] body) {
    return new FlvTag(tag.type(), tag.timestampMs(), Bytes.wrap(body));
  }

  private static FlvTag header(long ms, int level) {
    byte[] sps = SPS.toArray();
    sps[3] = (byte) level;
    byte[] config =
        ByteBuffer.allocate(5 + 8 + sps.length + 3 + PPS.length() + 4)
            .put(Bytes.ofHex("1700000000").toArray())
            .put(new byte[] {1, sps[1], sps[2], sps[3], -1, (byte) 0xE1, 0, (byte) sps.length})
            .put(sps)
            .put(new byte[] {1, 0, (byte) PPS.length()})
            .put(PPS.toArray())
            .put(new byte[] {(byte) 0xFD, (byte) 0xF8, (byte) 0xF8, 0})
            .array();
    return new FlvTag(FlvTag.VIDEO, ms, Bytes.wrap(config));
  }

  private static FlvTag marked(FlvTag tag, int frameType) {
    byte[] body = tag.body().toArray();
    body[0] = (byte) frameType;
    return with(tag, body);
  }

  private static FlvTag withParameterSets(FlvTag tag) {
    byte[] body = tag.body().toArray();
    ByteBuffer out = ByteBuffer.allocate(body.length + 8 + SPS.length() + PPS.length());
    out.put(body, 0, PICTURE_HEAD);
    for (Bytes set : List.of(SPS, PPS)) {
      out.putInt(set.length()).put(set.toArray());
    }
    return with(tag, out.put(body, PICTURE_HEAD, body.length - PICTURE_HEAD).array());
  }

  private static FlvTag shownEarlier(FlvTag tag, int ms) {
    byte[] body = tag.body().toArray();
    int offset = ByteBuffer.wrap(body).getInt(1) << 8 >> 8;
    ByteBuffer.wrap(body).putInt(1, (1 << 24) | ((offset - ms) & 0xFF_FFFF));
    return with(tag, body);
  }

  private static FlvTag bare(FlvTag tag, String body) {
    return new FlvTag(tag.type(), tag.timestampMs(), Bytes.ofHex(body));
  }

  static Stream<Habit> harmless() {
    return Stream.of(
        new Habit(
            "header-before-each-keyframe",
            tag ->
                isKeyframe(tag)
                    ? Stream.of(header(tag.timestampMs(), SPS.get(3)), tag)
                    : Stream.of(tag)),
        new Habit(
            "parameter-sets-within-the-pictures",
            tag -> Stream.of(isKeyframe(tag) ? withParameterSets(tag) : tag)),
        new Habit(
            "each-picture-marked-as-a-keyframe",
            tag -> Stream.of(isPicture(tag) ? marked(tag, KEYFRAME_AVC) : tag)),
        new Habit(
            "no-picture-marked-as-a-keyframe",
            tag -> Stream.of(isPicture(tag) ? marked(tag, FRAME_AVC) : tag)),
        new Habit(
            "tags-with-nothing-in-them",
            tag ->
                switch (tag.type()) {
                  case FlvTag.VIDEO -> Stream.of(bare(tag, "2701000000"), tag, bare(tag, ""));
                  case FlvTag.AUDIO -> Stream.of(bare(tag, "af01"), tag, bare(tag, ""));
                  default -> Stream.of(tag);
                }),
        new Habit(
            "the-end-of-a-sequence-that-goes-on",
            tag ->
                isKeyframe(tag) && tag.timestampMs() > 0
                    ? Stream.of(bare(tag, "1702000000"), header(tag.timestampMs(), SPS.get(3)), tag)
                    : Stream.of(tag)));
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void changesNothing(Habit habit) {
    RecordingSink usual = new Habit("usual", Stream::of).run();

    RecordingSink made = habit.run();

    assertThat(made.records).isEqualTo(usual.records);
    assertThat(made.parts).isNotEmpty().isEqualTo(usual.parts);
  }

  static Stream<Habit> visible() {
    return Stream.of(
        new Habit(
            "header-that-changes",
            tag ->
                isKeyframe(tag) && tag.timestampMs() >= CHANGE_MS
                    ? Stream.of(header(tag.timestampMs(), 12), tag)
                    : Stream.of(tag)),
        new Habit(
            "shown-before-they-are-decoded",
            tag -> Stream.of(isPicture(tag) ? shownEarlier(tag, 100) : tag)),
        new Habit("arrives-in-bursts", Stream::of, ms -> (ms / 1_000 + 1) * 1_000));
  }

  @ParameterizedTest
  @MethodSource("visible")
  void isMadeStraight(Habit habit) throws IOException {
    RecordingSink made = habit.run();

    IndexDump.assertSame(made, GOLDEN.resolve(habit.name() + ".golden.txt"));
    IndexRules.checkIrregular(made);
    assertThat(made.all(IndexRecord.PartPublished.class)).hasSizeGreaterThan(20);
  }
}
