package io.millrace.ingest;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
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
 * #writable} is false and the connection should not be read. At twice the mark the queue is full:
 * samples that are sent in spite of all are dropped up to the next keyframe of the track, and a
 * track's description waits until the track has a sample that is not. That the publisher began and
 * ended never waits for room.
 */
public final class Publication {
  private static final Logger log = LoggerFactory.getLogger(Publication.class);

  /** A sample's track's description, how many were dropped before it, and itself. */
  private static final int SLOTS_OF_A_SAMPLE = 3;

  /** What a sample costs beside its bytes, in bytes: work, in each place it comes through. */
  private static final int SAMPLE_COST_BYTES = 1_024;

  private final Ingest ingest;
  private final DirectoryChannel channel;
  private final StreamKey key;
  private final PublisherAddress address;
  private final PublisherHandle handle;
  private final long generation;
  private final long startNs;

  // Between the connection's thread and the agent.
  private final ArrayBlockingQueue<PublisherEvent> queue;
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean paused = new AtomicBoolean();
  private volatile @Nullable CloseReason closeReason;
  private volatile boolean ended;
  private volatile long resumeNs = Long.MIN_VALUE;
  private volatile boolean tooFast;
  private volatile long lastArrivalNs;
  private volatile String encoder = "";
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong drops = new AtomicLong();

  // The connection's thread only.
  private final PaceLimiter pace;
  private final Map<Integer, Track> tracks = new HashMap<>();
  private final Map<Integer, Long> dropping = new HashMap<>();
  private final Set<Integer> undescribed = new HashSet<>();

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
    this.queue = new ArrayBlockingQueue<>(2 * ingest.config().queueSamples() + SLOTS_OF_A_SAMPLE);
    this.pace = new PaceLimiter(ingest.config().maxAhead(), startNs);
    spend(0, startNs);
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

  /**
   * Whether a track may be configured once more: each configuration makes an init section and a
   * discontinuity, and so does a publisher that comes back with one.
   *
   * @param mostPerMinute of all publishers of the channel
   */
  public boolean mayConfigure(int mostPerMinute) {
    return ingest.budget(channel.id()).configure(mostPerMinute, utcNs());
  }

  /** Describes a track before its first sample, and again when its configuration changes. */
  public void announce(Track track) {
    if (closed.get() || track.equals(tracks.get(track.id()))) {
      return;
    }
    if (!tracks.containsKey(track.id()) && tracks.size() >= ingest.config().maxTracks()) {
      dropped();
      return;
    }
    tracks.put(track.id(), track);
    if (isFull()) {
      undescribed.add(track.id());
    } else {
      describe(track);
    }
  }

  /** Takes a sample of an announced track; one of any other track is dropped. */
  public void sample(Sample sample) {
    if (closed.get()) {
      return;
    }
    lastArrivalNs = sample.arrivalNs();
    bytes.addAndGet(sample.data().length());
    spend(SAMPLE_COST_BYTES + sample.data().length(), sample.arrivalNs());
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
    if (undescribed.remove(sample.trackId())) {
      describe(track);
    }
    Long lost = dropping.remove(sample.trackId());
    if (lost != null) {
      enqueue(new PublisherEvent.Dropped(sample.trackId(), lost));
    }
    samples.incrementAndGet();
    enqueue(new PublisherEvent.Sampled(sample));
    pace(sample, track);
  }

  /** False while the connection should not be read; {@link PublisherHandle#writable} ends that. */
  public boolean writable() {
    boolean full =
        queuedBytes.get() >= ingest.config().queueBytes()
            || queue.size() >= ingest.config().queueSamples();
    boolean ahead = resumeNs > ingest.clock().utcNs();
    if (full || ahead) {
      if (paused.getAndSet(true)) {
        return false; // whoever was told so before is told when it may go on
      }
      ingest.metrics().heldBack(full ? "queue" : tooFast ? "rate" : "pace");
      // The agent may have emptied the queue before it could see the mark.
      return !stillPaused() && paused.compareAndSet(true, false);
    }
    return true;
  }

  /** Ends the publication: the grace period begins. Any thread; only the first call counts. */
  public void close(CloseReason reason) {
    if (closed.compareAndSet(false, true)) {
      closeReason = reason;
      ingest.forget(this);
      schedule();
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
      queuedBytes.addAndGet(-size(event));
      events.add(event);
    }
    CloseReason reason = closeReason;
    if (reason != null && !ended && queue.isEmpty()) {
      ended = true;
      events.add(new PublisherEvent.Ended(reason));
    }
    return events;
  }

  /** True once, when the agent has taken the end and nobody will wake it for this any more. */
  boolean retire() {
    return ended && scheduled.compareAndSet(false, true);
  }

  /** Wakes the agent if something waits and nobody has done so. Any thread. */
  void schedule() {
    boolean waits = !queue.isEmpty() || (closeReason != null && !ended);
    if (waits && scheduled.compareAndSet(false, true)) {
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
        || queue.size() > ingest.config().queueSamples() / 2
        || resumeNs > ingest.clock().utcNs();
  }

  private boolean isFull() {
    return queuedBytes.get() >= 2L * ingest.config().queueBytes()
        || queue.remainingCapacity() < SLOTS_OF_A_SAMPLE;
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
    waitFor(pace.waitNs(), sample.arrivalNs(), /* bytes= */ false);
  }

  private void spend(int sentBytes, long nowNs) {
    waitFor(ingest.budget(channel.id()).spend(sentBytes, nowNs), nowNs, /* bytes= */ true);
  }

  private void waitFor(long waitNs, long nowNs, boolean bytes) {
    if (waitNs > 0 && nowNs + waitNs > resumeNs) {
      resumeNs = nowNs + waitNs;
      tooFast = bytes;
    }
  }

  private void describe(Track track) {
    enqueue(new PublisherEvent.Announced(track));
  }

  /** The connection's thread alone adds, after it has looked for room: there always is. */
  private void enqueue(PublisherEvent event) {
    queuedBytes.addAndGet(size(event));
    queue.add(event);
    schedule();
  }

  private static int size(PublisherEvent event) {
    return switch (event) {
      case PublisherEvent.Sampled(Sample sample) -> sample.data().length();
      case PublisherEvent.Announced(Track track) -> track.codec().record().length();
      case PublisherEvent.Started _, PublisherEvent.Dropped _, PublisherEvent.Ended _ -> 0;
    };
  }
}
