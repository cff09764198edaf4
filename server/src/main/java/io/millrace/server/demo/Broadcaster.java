package io.millrace.server.demo;

import io.millrace.server.data.Children;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Broadcasts the test picture and the tone to an RTMP address until it is closed, starting FFmpeg
 * again when it ends, unless there is a reason not to. One thread of its own, paced by the wall
 * clock.
 */
public final class Broadcaster implements AutoCloseable {
  static final int FRAMES_PER_SECOND = 30;
  static final int KEYFRAME_INTERVAL = 2 * FRAMES_PER_SECOND;

  private static final Logger log = LoggerFactory.getLogger(Broadcaster.class);
  private static final String CHILD = "demo-ffmpeg";
  private static final Duration RESTART_AFTER = Duration.ofSeconds(1);
  private static final Duration END_WITHIN = Duration.ofMillis(700);

  /**
   * How far the sound is ahead of the picture on its way to the encoder: what the AAC encoder holds
   * back, so that no frame waits for sound when the two are interleaved.
   */
  private static final int SOUND_AHEAD_MS = 80;

  /** A busy machine delays frames; one that comes later than this many others is left out. */
  private static final int MOST_LATE_FRAMES = 6;

  private final String rtmpUrl;
  private final Supplier<Optional<String>> whyNot;
  private final Children children;
  private final InstantSource clock;
  private final Thread thread;
  private volatile boolean closing;
  private volatile String lastLine = "it said nothing";
  private volatile @Nullable Process process;

  private Broadcaster(
      String rtmpUrl, Supplier<Optional<String>> whyNot, Children children, InstantSource clock) {
    this.rtmpUrl = rtmpUrl;
    this.whyNot = whyNot;
    this.children = children;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("demo-broadcaster").unstarted(this::run);
  }

  /**
   * Begins to broadcast to {@code rtmp://HOST:PORT/APPLICATION/KEY}.
   *
   * @param whyNot says, where FFmpeg has ended, why it is not to be started again; may block
   */
  static Broadcaster start(String rtmpUrl, Supplier<Optional<String>> whyNot, Children children) {
    Broadcaster broadcaster = new Broadcaster(rtmpUrl, whyNot, children, InstantSource.system());
    broadcaster.thread.start();
    return broadcaster;
  }

  private void run() {
    try {
      FfmpegProgram program = FfmpegProgram.find();
      while (!closing) {
        broadcastOnce(program);
        Optional<String> why = closing ? Optional.empty() : whyNot.get();
        if (why.isPresent()) {
          log.warn("{}: the test picture stops; ./millrace demo brings it back", why.get());
          return;
        }
        if (!closing) {
          log.warn("The demo's ffmpeg ended, starting it again: {}", lastLine);
          LockSupport.parkNanos(RESTART_AFTER.toNanos());
        }
      }
    } catch (RuntimeException e) { // the top of the thread
      if (!closing) {
        log.error("There is no demo broadcast: {}", e.getMessage());
      }
    }
  }

  private void broadcastOnce(FfmpegProgram program) {
    try {
      Process started =
          new ProcessBuilder(program.arguments(KEYFRAME_INTERVAL, rtmpUrl))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process = started;
      children.remember(CHILD, started.toHandle());
      Thread.ofVirtual().name("demo-ffmpeg-log").start(() -> readLog(started));
      try (OutputStream input = started.getOutputStream()) {
        feed(input);
      } catch (IOException e) {
        log.debug("ffmpeg takes no more: {}", e.toString()); // it ended, or close() ended it
      } finally {
        endProcess(started);
      }
    } catch (IOException e) {
      log.warn("The demo's ffmpeg does not start: {}", e.getMessage());
    }
  }

  private void feed(OutputStream out) throws IOException {
    MatroskaWriter writer = new MatroskaWriter(out);
    writer.header(
        TestPicture.WIDTH, TestPicture.HEIGHT, FRAMES_PER_SECOND, Tone.SAMPLE_RATE, Tone.CHANNELS);
    TestPicture picture = new TestPicture();
    Tone tone = new Tone();
    // The first frame passes when FFmpeg reads it: time begins then, not while it starts.
    writer.block(MatroskaWriter.AUDIO_TRACK, 0, tone.block(clock.millis()));
    writer.block(MatroskaWriter.VIDEO_TRACK, 0, picture.draw(0, clock.millis()));
    long startMs = clock.millis();
    long startNs = System.nanoTime();
    long soundMs = Tone.BLOCK_MS;
    for (long frame = 1; !closing; frame++) {
      awaitFrame(startNs, frame);
      long lateFrames = framesSince(startNs) - frame;
      if (lateFrames > MOST_LATE_FRAMES) {
        frame += lateFrames; // left out, not caught up with
      }
      long frameMs = frame * 1_000 / FRAMES_PER_SECOND;
      for (; soundMs < frameMs + SOUND_AHEAD_MS; soundMs += Tone.BLOCK_MS) {
        writer.block(MatroskaWriter.AUDIO_TRACK, soundMs, tone.block(startMs + soundMs));
      }
      writer.block(MatroskaWriter.VIDEO_TRACK, frameMs, picture.draw(frame, clock.millis()));
      writer.flush();
    }
  }

  private static long framesSince(long startNs) {
    return (System.nanoTime() - startNs) * FRAMES_PER_SECOND / 1_000_000_000L;
  }

  private void awaitFrame(long startNs, long frame) {
    long dueNs = startNs + frame * 1_000_000_000L / FRAMES_PER_SECOND;
    for (long waitNs; !closing && (waitNs = dueNs - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(waitNs);
    }
  }

  /** FFmpeg ends by itself when its input does: it says goodbye to the server first. */
  private void endProcess(Process started) {
    try {
      if (!started.waitFor(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        started.destroyForcibly();
      }
    } catch (InterruptedException e) {
      started.destroyForcibly();
    }
    process = null;
    children.forget(CHILD);
  }

  private void readLog(Process started) {
    try (BufferedReader reader = started.errorReader()) {
      for (String line; (line = reader.readLine()) != null; ) {
        log.debug("ffmpeg: {}", line);
        lastLine = line;
      }
    } catch (IOException e) {
      log.debug("ffmpeg's log ended: {}", e.toString());
    }
  }

  /** Whether there is a broadcast, or one to come. */
  boolean isRunning() {
    return thread.isAlive();
  }

  /** What FFmpeg said last. */
  String lastLine() {
    return "ffmpeg: " + lastLine;
  }

  /** FFmpeg gets time to say goodbye; looking for it ends at once. */
  @Override
  public void close() {
    closing = true;
    if (process == null) {
      thread.interrupt();
    }
    LockSupport.unpark(thread);
    try {
      thread.join(END_WITHIN.plusMillis(300));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Process running = process;
      if (running != null) {
        running.destroyForcibly();
      }
    }
  }
}
