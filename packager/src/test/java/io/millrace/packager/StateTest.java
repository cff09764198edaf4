package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fabric.wire.WireException;
import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputEntry;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A packager that begins with another's state does what the other does. */
class StateTest {
  private static final List<InputEntry> LOG = EventfulScript.write().entries;
  private static final RecordingSink UNDISTURBED = run();

  private static RecordingSink run() {
    RecordingSink sink = new RecordingSink();
    Packager packager = new Packager(PackagerLimits.DEFAULT, sink);
    LOG.forEach(packager::accept);
    return sink;
  }

  private static Bytes save(Packager packager) {
    StateWriter out = new StateWriter();
    packager.save(out);
    return out.bytes();
  }

  private static Packager restore(Bytes state, PackagerSink sink) {
    StateReader in = new StateReader(state);
    Packager restored = Packager.restore(in, PackagerLimits.DEFAULT, sink);
    in.end();
    return restored;
  }

  /** Twenty places of the log, in order. */
  private static List<Integer> places(long seed) {
    return new Random(seed).ints(1, LOG.size()).distinct().limit(20).sorted().boxed().toList();
  }

  private static void assertSame(RecordingSink sink, List<IndexRecord> records) {
    assertThat(sink.records).isEqualTo(records);
    sink.parts.forEach((key, data) -> assertThat(data).isEqualTo(UNDISTURBED.parts.get(key)));
  }

  @Test
  void theLogHasAllThatItShould() {
    assertThat(UNDISTURBED.all(IndexRecord.Discontinuity.class)).hasSizeGreaterThan(5);
    assertThat(UNDISTURBED.all(IndexRecord.GapPublished.class)).isNotEmpty();
    assertThat(UNDISTURBED.all(IndexRecord.WindowStarted.class)).isNotEmpty();
    assertThat(UNDISTURBED.all(IndexRecord.InitSection.class)).hasSizeGreaterThan(6);
    // One of each timeline's first stretch more than there are discontinuities, and corrections.
    assertThat(UNDISTURBED.all(IndexRecord.ClockAnchored.class))
        .hasSizeGreaterThan(UNDISTURBED.all(IndexRecord.Discontinuity.class).size() + 2);
    assertThat(UNDISTURBED.all(IndexRecord.DateRange.class)).hasSize(2);
    IndexRules.checkIrregular(firstTimeline());
  }

  /** The rules are those of one timeline. */
  private static RecordingSink firstTimeline() {
    RecordingSink first = new RecordingSink();
    first.parts.putAll(UNDISTURBED.parts);
    for (IndexRecord record : UNDISTURBED.records) {
      first.record(record);
      if (record instanceof IndexRecord.BroadcastEnded) {
        return first;
      }
    }
    throw new AssertionError("no end");
  }

  @Test
  void aPackagerThatIsRestartedAgainAndAgainMakesTheSameBytes() {
    RecordingSink made = new RecordingSink();
    Packager packager = new Packager(PackagerLimits.DEFAULT, made);
    List<Integer> restarts = places(1);
    for (int i = 0; i < LOG.size(); i++) {
      if (restarts.contains(i)) {
        packager = restore(save(packager), made);
      }
      packager.accept(LOG.get(i));
    }

    assertSame(made, UNDISTURBED.records);
    assertThat(made.parts.keySet()).isEqualTo(UNDISTURBED.parts.keySet());
    assertThat(made.irregularities).isEqualTo(UNDISTURBED.irregularities);
  }

  @Test
  void aStandbyThatIsPromotedMakesTheSameBytes() {
    List<Integer> promotions = places(2);
    Random random = new Random(3);
    for (int promoted : promotions) {
      RecordingSink made = new RecordingSink();
      Packager primary = new Packager(PackagerLimits.DEFAULT, made);
      int begun = random.nextInt(promoted);
      LOG.subList(0, begun).forEach(primary::accept);
      RecordingSink silent = new RecordingSink();
      Packager standby = restore(save(primary), silent);
      LOG.subList(begun, promoted).forEach(primary::accept);
      LOG.subList(begun, promoted).forEach(standby::accept);

      // The standby is where the primary died, and goes on with the next number.
      int before = made.records.size() - silent.records.size();
      assertThat(silent.records).isEqualTo(made.records.subList(before, made.records.size()));
      LOG.subList(promoted, LOG.size()).forEach(standby::accept);
      assertSame(silent, UNDISTURBED.records.subList(before, UNDISTURBED.records.size()));
    }
  }

  @Test
  void everyFieldIsRestored() {
    Set<String> fields = new TreeSet<>();
    Set<String> used = new TreeSet<>();
    Packager packager = new Packager(PackagerLimits.DEFAULT, new RecordingSink());
    for (int i = 0; i < LOG.size(); i++) {
      packager.accept(LOG.get(i));
      if (i % 19 == 0) {
        Packager restored = restore(save(packager), new RecordingSink());
        ObjectGraph.requireEqual(packager, restored, fields, used);
      }
    }

    // A field that never held anything would be equal, were it forgotten. It is not state: a
    // packager that resumes has none yet, and what it resumed at is its first record.
    assertThat(ObjectGraph.missing(fields, used))
        .containsExactly("Packager.resume", "Renditions.resumedAtNs");
  }

  @Test
  void whatIsCutOffOrChangedIsRefused() {
    Packager packager = new Packager(PackagerLimits.DEFAULT, new RecordingSink());
    LOG.subList(0, 700).forEach(packager::accept);
    byte[] state = save(packager).toArray();

    for (int length = 0; length < state.length; length++) {
      Bytes cut = Bytes.wrap(state, 0, length);
      assertThatThrownBy(() -> restore(cut, new RecordingSink()))
          .isInstanceOfAny(MalformedMediaException.class, WireException.class);
    }
    Random random = new Random(4);
    for (int i = 0; i < 2_000; i++) {
      byte[] changed = state.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        restore(Bytes.wrap(changed), new RecordingSink());
      } catch (IllegalArgumentException | MalformedMediaException | WireException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
  }
}
