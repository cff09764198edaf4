package io.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlvFileReaderTest {
  private static final List<FlvTag> TAGS =
      List.of(
          new FlvTag(FlvTag.SCRIPT, 0, Bytes.ofHex("02000a")),
          new FlvTag(FlvTag.VIDEO, 0xFFFF_FFFFL, Bytes.ofHex("1700000000")),
          new FlvTag(FlvTag.AUDIO, 0x0123_4567, Bytes.ofHex("af001190")));

  @Test
  void readsWhatTheWriterWrote() {
    FlvFileReader reader = new FlvFileReader(file());

    for (FlvTag tag : TAGS) {
      assertThat(reader.next()).contains(tag);
    }
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void writesTheFormat() {
    assertThat(FlvFileWriter.header(true, true))
        .isEqualTo(Bytes.ofHex("464c5601050000000900000000"));
    // type | size | time, low 24 bits, then the high 8 | stream 0 | body | back pointer
    assertThat(FlvFileWriter.tag(TAGS.get(2)))
        .isEqualTo(Bytes.ofHex("08 000004 234567 01 000000 af001190 0000000f"));
  }

  @Test
  void refusesEveryTruncationWithinATag() {
    ByteBuffer whole = file();
    int refused = 0;
    for (int length = 0; length < whole.limit(); length++) {
      if (readAll(whole.slice(0, length))) {
        refused++;
      }
    }
    // All cuts but those between two tags: after the header, and after the first two tags.
    assertThat(refused).isEqualTo(whole.limit() - 3);
  }

  /** A file that is still being written, or was cut. */
  @Test
  void readsTheTagsBeforeEveryCutAsInTheWhole() {
    ByteBuffer whole = file();
    List<Integer> ends = new ArrayList<>();
    int end = FlvFileWriter.header(true, true).length();
    for (FlvTag tag : TAGS) {
      end += FlvFileWriter.tag(tag).length();
      ends.add(end);
    }
    for (int length = 13; length <= whole.limit(); length++) {
      int cut = length;
      long complete = ends.stream().filter(each -> each <= cut).count();
      FlvFileReader reader = new FlvFileReader(whole.slice(0, length));

      for (FlvTag tag : TAGS.subList(0, (int) complete)) {
        assertThat(reader.next()).as("cut at %d", length).contains(tag);
      }
    }
  }

  @Test
  void readsTheSameWhereverTheFileLies() {
    ByteBuffer whole = file();
    for (int before = 0; before < 16; before++) {
      ByteBuffer direct = ByteBuffer.allocateDirect(before + whole.limit() + 3);
      direct.put(before, whole, 0, whole.limit());
      ByteBuffer view = direct.position(before).limit(before + whole.limit()).asReadOnlyBuffer();
      FlvFileReader reader = new FlvFileReader(view);

      for (FlvTag tag : TAGS) {
        assertThat(reader.next()).contains(tag);
      }
      assertThat(reader.next()).isEmpty();
      assertThat(view.position()).isEqualTo(before);
    }
  }

  @Test
  void refusesWhatIsNoFlv() {
    assertThatThrownBy(() -> new FlvFileReader(ByteBuffer.wrap(new byte[32])))
        .isInstanceOf(MalformedMediaException.class);
  }

  private static boolean readAll(ByteBuffer cut) {
    try {
      FlvFileReader reader = new FlvFileReader(cut);
      while (true) {
        if (reader.next().isEmpty()) {
          return false;
        }
      }
    } catch (MalformedMediaException e) {
      return true;
    }
  }

  private static ByteBuffer file() {
    ByteBuffer file = ByteBuffer.allocate(200).put(FlvFileWriter.header(true, true).toArray());
    TAGS.forEach(tag -> file.put(FlvFileWriter.tag(tag).toArray()));
    return file.flip();
  }
}
