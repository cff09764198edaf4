package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a publisher hears who cannot be admitted. */
class AdmissionTest {
  private static final PublisherAddress PEER = new PublisherAddress("rtmp", "[::1]:5000");

  private final FakeNodeDirectory directory = new FakeNodeDirectory();
  private Ingest ingest;

  @BeforeEach
  void start() {
    directory.put(FakeNodeDirectory.channel("demo", "secret"));
    ingest =
        new Ingest(
            IngestConfig.defaults(),
            FakeFabric.byHand(),
            directory,
            new FakeNodeReports(),
            new PrometheusRegistry());
  }

  @Test
  void tellsAWrongKeyFromNone() {
    assertThat(admit("wrong")).isEqualTo(new Admission.Refused(Admission.Reason.UNKNOWN_KEY));
    assertThat(admit("")).isEqualTo(new Admission.Refused(Admission.Reason.NO_KEY));
  }

  @Test
  void callsNoKeyUnknownBeforeItKnowsItsChannels() {
    directory.known(false);

    assertThat(admit("another")).isEqualTo(new Admission.Refused(Admission.Reason.NOT_READY));
    assertThat(admit("")).isEqualTo(new Admission.Refused(Admission.Reason.NO_KEY));
    assertThat(admit("secret")).isInstanceOf(Admission.Admitted.class);
  }

  private Admission admit(String key) {
    return ingest.admit(StreamKey.of(key), PEER, new FakeHandle());
  }
}
