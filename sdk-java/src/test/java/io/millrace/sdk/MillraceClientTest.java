package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoThreadsLeft.class)
class MillraceClientTest {
  @TempDir private Path data;

  @Test
  void addressAndTokenAreNeeded() {
    assertThatThrownBy(() -> MillraceClient.builder().token("t").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("baseUri: missing");
    assertThatThrownBy(
            () -> MillraceClient.builder().baseUri(URI.create("http://localhost")).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("token: missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:8090",
        "ftp://localhost",
        "http:/x",
        "http://user:password@localhost",
        "http://localhost?a=b",
        "http://localhost#a"
      })
  void otherAddressesAreRefused(String address) {
    assertThatThrownBy(() -> MillraceClient.builder().baseUri(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("baseUri:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\r\nX-Evil: 1", "é"})
  void aTokenThatCannotBeAHeaderIsRefusedAndNotShown(String token) {
    assertThatThrownBy(() -> MillraceClient.builder().token(token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("Evil");
  }

  @Test
  void timeoutsHaveLimits() {
    assertThatThrownBy(() -> MillraceClient.builder().timeout(Duration.ZERO))
        .hasMessage("timeout: PT0S (expected: more than 0, at most a day)");
    assertThatThrownBy(() -> MillraceClient.builder().connectTimeout(Duration.ofDays(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDataDirectoryTellsAddressAndToken() throws Exception {
    try (FakeApi api = new FakeApi()) {
      api.answer(FakeApi.json(200, Samples.channel("studio")));
      Files.writeString(
          data.resolve("endpoints.json"),
          "{\"pid\":1,\"addresses\":{\"control\":{\"host\":\"x\",\"port\":1,\"url\":\"%s\"}}}"
              .formatted(api.uri()));
      Files.writeString(data.resolve("admin-token"), "mat_of_the_file\n");

      try (MillraceClient client = MillraceClient.builder().dataDirectory(data).build()) {
        assertThat(client.channels().get("studio").name()).isEqualTo("studio");
        assertThat(client.toString()).contains(api.uri().toString()).doesNotContain("mat_");
      }
      assertThat(api.request().header("Authorization")).isEqualTo("Bearer mat_of_the_file");
    }
  }

  @Test
  void whatIsSetCountsMoreThanTheDataDirectory() {
    try (MillraceClient client =
        MillraceClient.builder()
            .dataDirectory(data)
            .baseUri(URI.create("http://elsewhere:1"))
            .token("t")
            .build()) {
      assertThat(client.baseUri()).hasToString("http://elsewhere:1/");
    }
  }

  @Test
  void aDataDirectoryThatDoesNotTellIsAnError() throws Exception {
    assertThatThrownBy(() -> MillraceClient.builder().dataDirectory(data).build())
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageContaining("no control plane runs on it");

    Files.writeString(data.resolve("endpoints.json"), "{\"addresses\":{}}");
    Files.writeString(data.resolve("admin-token"), "t");
    assertThatThrownBy(() -> MillraceClient.builder().dataDirectory(data).build())
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageContaining("addresses.control: missing");

    Files.writeString(data.resolve("endpoints.json"), "x".repeat(70_000));
    assertThatThrownBy(() -> MillraceClient.builder().dataDirectory(data).build())
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageContaining("65536 bytes");
  }

  @Test
  void aClosedClientSaysSo() throws Exception {
    try (FakeApi api = new FakeApi()) {
      MillraceClient client = api.client().build();
      client.close();
      client.close();

      assertThatThrownBy(() -> client.channels().list()).isInstanceOf(ClientClosedException.class);
      assertThatThrownBy(() -> client.asyncChannels().get("a").join())
          .hasCauseInstanceOf(ClientClosedException.class);
      assertThat(client.channels().watch().next(Duration.ofSeconds(5))).isEmpty();
      assertThat(client.channels().watch().isEnded()).isTrue();
      assertThat(client.asyncChannels().watch(event -> {}).ended().join()).isNull();
      assertThat(api.requests()).isEmpty();
    }
  }
}
