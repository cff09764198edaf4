package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole client against a real Millrace that broadcasts a test picture on channel demo. */
@ExtendWith(NoThreadsLeft.class)
@Timeout(180)
class RealControlPlaneTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private static Path directory;
  private static ControlPlaneProcess millrace;
  private static MillraceClient client;

  @BeforeAll
  static void start() {
    millrace = ControlPlaneProcess.start(directory.resolve("millrace-data"), 0, "demo");
    client = millrace.client().build();
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (millrace != null) {
      millrace.close();
    }
  }

  @Test
  void aChannelFromItsCreationToItsEnd() {
    Channels channels = client.channels();

    ChannelWithKey made =
        channels.create(
            NewChannel.named("studio-1")
                .withTitle("Studio eins")
                .withSettings(SettingsChange.none().withGrace(Duration.ofSeconds(5))));
    Channel channel = made.channel();
    assertThat(channel.title()).isEqualTo("Studio eins");
    assertThat(channel.settings())
        .isEqualTo(
            new ChannelSettings(
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5)));
    assertThat(channel.publish().rtmp())
        .isEqualTo(channel.publish().rtmpServer() + "/" + made.key());
    assertThat(channel.watch().hls()).hasPath("/live/studio-1/index.m3u8");
    assertThat(channel.watch().dash()).hasPath("/live/studio-1/manifest.mpd");
    assertThat(channel.live().state()).isEqualTo(Live.State.OFFLINE);
    assertThat(made.key()).startsWith(channel.keyHint().substring(0, 4));

    Channel shown = channels.get(channel.id().toString());
    assertThat(shown.id()).isEqualTo(channel.id());
    assertThat(shown.publish().rtmpKey()).isNull();
    Channel renamed = channels.update("studio-1", ChannelChange.none().withName("studio-one"));
    assertThat(renamed.id()).isEqualTo(channel.id());
    ChannelWithKey again = channels.rotateKey("studio-one");
    assertThat(again.key()).isNotEqualTo(made.key());
    assertThat(again.channel().name()).isEqualTo("studio-one");
    channels.delete("studio-one");
    assertThatThrownBy(() -> channels.get("studio-one"))
        .isInstanceOf(ProblemException.NotFound.class);
  }

  @Test
  void theSameWithoutWaiting() throws Exception {
    AsyncChannels channels = client.asyncChannels();

    String gone =
        channels
            .create(NewChannel.named("async-1"))
            .thenCompose(made -> channels.rotateKey(made.channel().id().toString()))
            .thenCompose(made -> channels.update("async-1", ChannelChange.none().withTitle("T")))
            .thenCompose(channel -> channels.delete(channel.name()))
            .thenCompose(nothing -> channels.get("async-1"))
            .handle((channel, error) -> error.getCause().getClass().getSimpleName())
            .get(30, TimeUnit.SECONDS);

    assertThat(gone).isEqualTo("NotFound");
  }

  @Test
  void pagesAreTheWholeList() throws Exception {
    List<String> names = IntStream.range(0, 7).mapToObj("page-%d"::formatted).toList();
    names.forEach(name -> client.channels().create(NewChannel.named(name)));

    List<String> paged = new ArrayList<>();
    String after = "page-";
    do {
      ChannelPage page = client.channels().page(3, after);
      assertThat(page.channels()).hasSizeLessThanOrEqualTo(3);
      page.channels().forEach(channel -> paged.add(channel.name()));
      after = page.next();
    } while (after != null);

    assertThat(paged).containsSubsequence(names);
    assertThat(client.channels().list()).extracting(Channel::name).containsSubsequence(names);
    assertThat(client.asyncChannels().list().get(30, TimeUnit.SECONDS))
        .extracting(Channel::name)
        .containsSubsequence(names);
    names.forEach(client.channels()::delete);
  }

  @Test
  void whatTheApiRefusesIsTyped() {
    Channels channels = client.channels();
    channels.create(NewChannel.named("taken"));

    assertThatThrownBy(() -> channels.create(NewChannel.named("taken")))
        .isInstanceOf(ProblemException.NameTaken.class)
        .isInstanceOf(ProblemException.Conflict.class)
        .hasMessageContaining("\"taken\"");
    assertThatThrownBy(() -> channels.end("taken"))
        .isInstanceOf(ProblemException.NothingOnAir.class);
    assertThatThrownBy(() -> channels.mark("taken", DateRangeRequest.now()))
        .isInstanceOf(ProblemException.NothingOnAir.class);
    assertThatThrownBy(
            () -> channels.mark("taken", DateRangeRequest.now().withAttribute("ID", "mine")))
        .isInstanceOf(ProblemException.InvalidValue.class)
        .hasMessageContaining("attributes.ID");
    ProblemException.InvalidValue invalid =
        catchThrowableOfType(
            ProblemException.InvalidValue.class,
            () ->
                channels.create(
                    NewChannel.named("Main Stage")
                        .withSettings(SettingsChange.none().withPart(Duration.ofHours(1)))));
    assertThat(invalid.problem().errors())
        .extracting(Problem.FieldError::field)
        .contains("name", "settings.partMs");
    assertThatThrownBy(() -> channels.get("../../x")).isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> channels.delete("nobody"))
        .isInstanceOf(ProblemException.NotFound.class);
    assertThatThrownBy(
            () -> channels.create(NewChannel.named("large").withTitle("x".repeat(100_000))))
        .isInstanceOf(ProblemException.TooLarge.class);
    assertThatThrownBy(() -> channels.page(1, "NO NAME"))
        .isInstanceOf(ProblemException.InvalidValue.class);
    channels.delete("taken");
  }

  @Test
  void aWrongTokenIsUnauthorized() {
    try (MillraceClient stranger = millrace.client().token("mat_wrong").build()) {
      assertThatThrownBy(() -> stranger.channels().list())
          .isInstanceOf(ProblemException.Unauthorized.class)
          .hasMessageNotContaining("mat_wrong");
      assertThatThrownBy(() -> stranger.channels().watch().next(SOON))
          .isInstanceOf(ProblemException.Unauthorized.class);
    }
  }

  @Test
  void whatIsNotTheApiIsMalformed() {
    URI pages = URI.create(client.baseUri() + "console/");
    try (MillraceClient lost = millrace.client().baseUri(pages).build()) {
      assertThatThrownBy(() -> lost.channels().list())
          .isInstanceOf(MalformedAnswerException.class)
          .hasMessageContaining("text/html")
          .hasMessageNotContaining("mat_");
    }
  }

  @Test
  void aBroadcastIsWatchedAndEnded() throws Exception {
    BlockingQueue<ChannelEvent> events = new LinkedBlockingQueue<>();
    try (ChannelWatch watch = client.asyncChannels().watch("demo", events::add)) {
      Channel live = awaitLive(events, null);
      assertThat(live.live().since()).isNotNull();
      assertThat(live.live().tracks())
          .extracting(Track::kind)
          .contains(Track.Kind.VIDEO, Track.Kind.AUDIO);

      DateRange marked =
          client
              .channels()
              .mark("demo", DateRangeRequest.now().withAttribute("X-N", new BigDecimal("1.50")));
      assertThat(marked.attributes()).isEqualTo(Map.of("X-N", new BigDecimal("1.5")));
      assertThat(marked.duration()).isNull();

      client.channels().end("demo");

      Channel again = awaitLive(events, live.live().broadcast());
      assertThat(again.id()).isEqualTo(live.id());
      assertThat(watch.ended()).isNotDone();
    }
  }

  /** Waits until a broadcast other than the one before is on air with its tracks. */
  private static Channel awaitLive(BlockingQueue<ChannelEvent> events, UUID before)
      throws InterruptedException {
    long deadlineNs = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() - deadlineNs < 0) {
      ChannelEvent event = events.poll(1, TimeUnit.SECONDS);
      Channel channel = null;
      if (event instanceof ChannelEvent.Changed changed) {
        channel = changed.channel();
      } else if (event instanceof ChannelEvent.Snapshot snapshot) {
        channel = snapshot.channels().get(0);
      }
      if (channel != null
          && channel.live().state() == Live.State.LIVE
          && channel.live().tracks().size() == 2
          && !channel.live().broadcast().equals(before)) {
        return channel;
      }
    }
    throw new AssertionError("Nothing went on air: " + millrace.output());
  }

  @Test
  void oneChannelIsWatchedFromNameToRemoval() {
    client.channels().create(NewChannel.named("watched"));
    List<String> seen = new ArrayList<>();

    try (ChannelEvents events = client.channels().watch("watched")) {
      for (ChannelEvent event : events) {
        if (event instanceof ChannelEvent.Snapshot) {
          seen.add("snapshot");
          client.channels().update("watched", ChannelChange.none().withName("watched-2"));
        } else if (event instanceof ChannelEvent.Changed changed) {
          seen.add(changed.channel().name());
          client.channels().delete("watched-2");
        } else {
          seen.add(event.getClass().getSimpleName());
        }
      }
    }

    assertThat(seen).containsExactly("snapshot", "watched-2", "Removed");
  }

  @Test
  void theExampleOfTheReadmeRuns() throws Exception {
    Path module =
        Path.of(System.getProperty("millrace.server.directory")).resolveSibling("sdk-java");
    String example = example(module.resolve("README.md"));
    assertThat(example(module.resolveSibling("README.md"))).isEqualTo(example);
    Path source = Files.writeString(directory.resolve("Example.java"), example);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("--release", "17", "-Xlint:all", "-Werror", "-d", directory.toString()),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
            .call();
    assertThat(compiled).as(messages::toString).isTrue();

    List<String> printed = run(directory, "Example");

    assertThat(printed.get(0)).matches("Publish to rtmp://.+/live/mk_.+");
    assertThat(printed.get(1)).startsWith("Snapshot[channels=[Channel[id=");
    assertThat(printed.get(printed.size() - 1)).startsWith("Removed[id=").contains("name=lobby");
  }

  /** Runs it where it finds the data directory, and ends it by removing its channel. */
  private static List<String> run(Path where, String mainClass)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                where + ":" + System.getProperty("java.class.path"),
                mainClass)
            .directory(where.toFile())
            .redirectErrorStream(true)
            .start();
    List<String> printed = new ArrayList<>();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        printed.add(line);
        if (line.startsWith("Snapshot")) {
          client.channels().delete("lobby");
        }
      }
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(printed::toString).isZero();
    } finally {
      process.destroyForcibly();
    }
    return printed;
  }

  private static String example(Path readme) {
    try {
      Matcher block =
          Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(readme));
      assertThat(block.find()).as("%s has an example", readme).isTrue();
      return block.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
