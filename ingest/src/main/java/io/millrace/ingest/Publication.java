package io.millrace.ingest;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what one admitted publisher sends. Confined to the connection's thread, but for {@link
 * #close}, which any thread may call.
 *
 * <p>What comes in waits in a queue for the agent. While the queue is above its mark {@link
 * #writable} is false and the connection should not be read; what is sent in spite of that is
 * dropped above twice the mark, up to the next keyframe of the track.
 */
public final class Publication {
  private static final Logger log = LoggerFactory.getLogger(Publication.class);

  private final Ingest ingest;
  private final DirectoryChannel channel;
  private final StreamKey key;
  private final PublisherAddress address;
  private final PublisherHandle handle;
  private final long generation;
  private final long startNs;

  // Between the connection's thread and the agent.
  private final Queue<PublisherEvent> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicLong queuedSamples = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean paused = new AtomicBoolean();
  private volatile long resumeNs = Long.MIN_VALUE;
  private volatile long lastArrivalNs;
  private volatile String encoder = "";
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong drops = new AtomicLong();

  // The connection's thread only.
  private final PaceLimiter pace;
  private final Map<Integer, Track> tracks = new HashMap<>();
  private final Map<Integer, Long> dropping = new HashMap<>();

  Publication(
      Ingest ingest,
      DirectoryChannel channel,
      StreamKey key,
      PublisherAddress address,
      PublisherHandle handle,
      long generation) {
    this.ingest = ingest;
    this.channel = channel;
    this.key = key;
    this.address = address;
    this.handle = handle;
    this.generation = generation;
    this.startNs = ingest.clock().utcNs();
    this.lastArrivalNs = startNs;
    this.pace = new PaceLimiter(ingest.config().maxAhead(), startNs);
  }

  /** The channel's public name, for logs. */
  public String channelName() {
    return channel.name();
  }

  /** The ingest's time, UTC in nanoseconds, for a sample's arrival. */
  public long utcNs() {
    return ingest.clock().utcNs();
  }

  /** Names the encoder as it names itself; shown in the channel's status and in the log. */
  public void encoder(String name) {
    encoder = EncoderName.clean(name);
  }

  /**
   * The stream cannot be delivered, and the connection will {@link #close}.
   *
   * @param why a sentence for the person at the encoder
   */
  public void unsupported(String why) {
    ingest.refusals().unsupported(why, channel.name(), address);
  }

  /** Describes a track before its first sample, and again when its configuration changes. */
  public void announce(Track track) {
    if (closed.get() || track.equals(tracks.get(track.id()))) {
      return;
    }
    if (!tracks.containsKey(track.id()) && tracks.size() >= ingest.config().maxTracks()) {
      drops.incrementAndGet();
      return;
    }
    tracks.put(track.id(), track);
    queuedSamples.incrementAndGet();
    enqueue(new PublisherEvent.Announced(track));
  }

  /** Takes a sample of an announced track; one of any other track is dropped. */
  public void sample(Sample sample) {
    if (closed.get()) {
      return;
    }
    lastArrivalNs = sample.arrivalNs();
    bytes.addAndGet(sample.data().length());
    Track track = tracks.get(sample.trackId());
    if (track == null) {
      dropped();
      return;
    }
    if (isFull() || continuesDrop(sample, track)) {
      dropping.merge(sample.trackId(), 1L, Long::sum);
      dropped();
      return;
    }
    Long lost = dropping.remove(sample.trackId());
    if (lost != null) {
      enqueue(new PublisherEvent.Dropped(sample.trackId(), lost));
    }
    samples.incrementAndGet();
    queuedBytes.addAndGet(sample.data().length());
    queuedSamples.incrementAndGet();
    enqueue(new PublisherEvent.Sampled(sample));
    pace(sample, track);
  }

  /** False while the connection should not be read; {@link PublisherHandle#writable} ends that. */
  public boolean writable() {
    boolean full =
        queuedBytes.get() >= ingest.config().queueBytes()
            || queuedSamples.get() >= ingest.config().queueSamples();
    boolean ahead = resumeNs > ingest.clock().utcNs();
    if (full || ahead) {
      paused.set(true);
      // The agent may have emptied the queue before it could see the mark.
      return !stillPaused() && paused.compareAndSet(true, false);
    }
    return true;
  }

  /** Ends the publication: the grace period begins. Any thread; only the first call counts. */
  public void close(CloseReason reason) {
    if (closed.compareAndSet(false, true)) {
      ingest.forget(this);
      enqueue(new PublisherEvent.Ended(reason));
      log.debug(
          "publication ended: channel={} peer={} protocol={} reason={} seconds={} bytes={}"
              + " samples={} drops={}",
          channel.name(),
          address.peer(),
          address.protocol(),
          reason.text(),
          Math.round((ingest.clock().utcNs() - startNs) / 1e8) / 10.0,
          bytes.get(),
          samples.get(),
          drops.get());
      ingest.metrics().publicationEnded(reason);
    }
  }

  /** Closes from the ingest's side: the connection is told. Any thread. */
  void expel(CloseReason reason) {
    if (!closed.get()) {
      close(reason);
      handle.closed(reason);
    }
  }

  /** Says hello to the agent, after the ingest made this its channel's publication. */
  void start() {
    log.debug(
        "publication started: channel={} peer={} protocol={}",
        channel.name(),
        address.peer(),
        address.protocol());
    enqueue(new PublisherEvent.Started());
  }

  /** Takes up to {@code max} events, in the agent. Whoever calls calls again until it is empty. */
  List<PublisherEvent> drain(int max) {
    scheduled.set(false);
    List<PublisherEvent> events = new ArrayList<>();
    for (int i = 0; i < max; i++) {
      PublisherEvent event = queue.poll();
      if (event == null) {
        break;
      }
      if (event instanceof PublisherEvent.Sampled(Sample sample)) {
        queuedBytes.addAndGet(-sample.data().length());
        queuedSamples.decrementAndGet();
      } else if (event instanceof PublisherEvent.Announced) {
        queuedSamples.decrementAndGet();
      }
      events.add(event);
    }
    return events;
  }

  /** Wakes the agent if something waits and nobody has done so. Any thread. */
  void schedule() {
    if (!queue.isEmpty() && scheduled.compareAndSet(false, true)) {
      ingest.wake(this);
    }
  }

  /** Lets the connection be read again if there is room, in the agent. */
  void resumeIfPossible() {
    if (paused.get() && !stillPaused() && paused.compareAndSet(true, false)) {
      handle.writable();
    }
  }

  boolean deliversAt(long nowNs) {
    return nowNs - lastArrivalNs < ingest.config().halfOpenAfter().toNanos();
  }

  DirectoryChannel channel() {
    return channel;
  }

  StreamKey key() {
    return key;
  }

  long generation() {
    return generation;
  }

  long drops() {
    return drops.get();
  }

  PublisherAddress address() {
    return address;
  }

  /** Empty where the publisher did not say. */
  String encoder() {
    return encoder;
  }

  /** Address and encoder as the channel's status shows them. */
  String describe() {
    String name = encoder;
    return name.isEmpty() ? address.peer() : address.peer() + " " + name;
  }

  private boolean stillPaused() {
    return queuedBytes.get() > ingest.config().queueBytes() / 2
        || queuedSamples.get() > ingest.config().queueSamples() / 2
        || resumeNs > ingest.clock().utcNs();
  }

  private boolean isFull() {
    return queuedBytes.get() >= 2L * ingest.config().queueBytes()
        || queuedSamples.get() >= 2L * ingest.config().queueSamples();
  }

  private boolean continuesDrop(Sample sample, @Nullable Track track) {
    return dropping.containsKey(sample.trackId())
        && track != null
        && track.kind() == TrackKind.VIDEO
        && !sample.keyframe();
  }

  private void dropped() {
    drops.incrementAndGet();
    ingest.metrics().dropped(1);
  }

  private void pace(Sample sample, Track track) {
    long seconds = Math.floorDiv(sample.dts(), track.timescale());
    long ticks = Math.floorMod(sample.dts(), track.timescale());
    long mediaNs = seconds * 1_000_000_000L + ticks * 1_000_000_000L / track.timescale();
    pace.advance(mediaNs, sample.arrivalNs());
    long waitNs = pace.waitNs();
    if (waitNs > 0) {
      resumeNs = sample.arrivalNs() + waitNs;
    }
  }

  private void enqueue(PublisherEvent event) {
    queue.add(event);
    schedule();
  }
}
