package io.millrace.fabric.aeron;

import io.millrace.fabric.wire.ControlMessage.Answer;
import io.millrace.fabric.wire.ControlMessage.HelloAnswer;
import io.millrace.fabric.wire.WireVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a receiving end calls and says Hello again, which answer makes it a link, when the
 * far end counts as silent, and when to call next. Pure: what happens and the times come in.
 * Confined to the agent thread, but for {@link #isUp} and {@link #isClosed}.
 */
final class LinkHandshake {
  private static final long HELLO_NS = 50_000_000;
  private static final long LEAST_BACKOFF_NS = 50_000_000;
  private static final long MOST_BACKOFF_NS = 1_000_000_000;

  /** Says how far the link is. */
  enum State {
    /** Until it is time to call. */
    WAITING,
    /** For an answer, and for the streams that it names. */
    CALLING,
    UP,
    CLOSED
  }

  private final long timeoutNs;
  private volatile State state = State.WAITING;
  private long notBeforeNs;
  private long backoffNs = LEAST_BACKOFF_NS;

  // Per call.
  private long link;
  private long calledNs;
  private long helloDueNs;
  private @Nullable HelloAnswer answer;
  private long heardNs;
  private long heartbeatDueNs;

  LinkHandshake(long timeoutNs) {
    this.timeoutNs = timeoutNs;
  }

  State state() {
    return state;
  }

  boolean isUp() {
    return state == State.UP;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** The number of the call, or of the link that came of it. */
  long link() {
    return link;
  }

  /** Whether the rest after the last failure is over. */
  boolean mayCall(long nowNs) {
    return state == State.WAITING && nowNs - notBeforeNs >= 0;
  }

  void call(long number, long nowNs) {
    state = State.CALLING;
    link = number;
    answer = null;
    calledNs = nowNs;
    helloDueNs = nowNs;
  }

  boolean isHelloDue(long nowNs) {
    return answer == null && nowNs - helloDueNs >= 0;
  }

  void helloSent(long nowNs) {
    helloDueNs = nowNs + HELLO_NS;
  }

  /** Takes the answer to the call; one that comes at any other time does not count. */
  void answered(HelloAnswer given) {
    if (state == State.CALLING) {
      answer = given;
    }
  }

  /** Empty until the call is answered. */
  Optional<HelloAnswer> answer() {
    return Optional.ofNullable(answer);
  }

  /** Whether an answer makes a link of so many media streams. */
  static boolean isAccepted(HelloAnswer given, int streams) {
    return given.answer() == Answer.ACCEPTED
        && given.sessions().size() == streams
        && given.version() >= WireVersion.LEAST
        && given.version() <= WireVersion.MOST;
  }

  /** Whether the call has taken too long. */
  boolean isOverdue(long nowNs) {
    return nowNs - calledNs > timeoutNs;
  }

  void goUp(long nowNs) {
    state = State.UP;
    backoffNs = LEAST_BACKOFF_NS;
    heardNs = nowNs;
    heartbeatDueNs = nowNs;
  }

  /** Something came from the far end. */
  void heard(long nowNs) {
    heardNs = nowNs;
  }

  boolean isSilent(long nowNs) {
    return nowNs - heardNs > timeoutNs;
  }

  boolean isHeartbeatDue(long nowNs) {
    return nowNs - heartbeatDueNs >= 0;
  }

  void heartbeatSent(long nowNs) {
    heartbeatDueNs = nowNs + timeoutNs / 8;
  }

  /** The call failed: rests, longer each time. */
  void backOff(long nowNs) {
    goDown(nowNs);
    backoffNs = Math.min(2 * backoffNs, MOST_BACKOFF_NS);
  }

  /** The link is over: calls again soon. */
  void goDown(long nowNs) {
    state = State.WAITING;
    notBeforeNs = nowNs + backoffNs;
  }

  void close() {
    state = State.CLOSED;
  }

  /** The agent stood still: the peer's silence meanwhile was not its own. */
  void forgive(long stalledNs) {
    heardNs += stalledNs;
    calledNs += stalledNs;
  }
}
