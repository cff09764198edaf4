/**
 * Decides how fast to play so that the distance to the live edge stays at its target.
 *
 * hls.js has such a control, but it acts only with more than 1 s of buffer: at a latency of 0.8 s there never is as
 * much, so it would never catch up. It is switched off (maxLiveSyncPlaybackRate 1) and this one steers, by the distance
 * to the end of the playlist. Not by PROGRAM-DATE-TIME: an encoder whose clock runs slow falls behind the wall clock by
 * more and more, and no viewer can make up for that.
 */
export interface PaceInput {
  /** From the playhead to the end of what is published. */
  distanceS: number;
  /** Playable ahead of the playhead. */
  bufferS: number;
  targetS: number;
  /** The rate now. */
  rate: number;
}

export interface Pace {
  rate: number;
  /** Jump ahead by this much, instead of playing fast for a long time. */
  skipS: number;
}

export const MAX_RATE = 1.08;
export const MIN_RATE = 0.94;
/** Off by more than this begins a correction; one that runs ends within `SETTLED_S`. */
export const TOLERANCE_S = 0.06;
const SETTLED_S = 0.015;
/** Further behind than this, playing faster would take too long to notice. */
const SKIP_BEHIND_S = 1.2;
/** Below this the next part is late: slow down before the picture stops. */
const LOW_BUFFER_S = 0.12;
/** What must be left after a jump, and for playing faster. */
const SAFE_BUFFER_S = 0.25;

const STEADY: Pace = { rate: 1, skipS: 0 };

export function pace({ distanceS, bufferS, targetS, rate }: PaceInput): Pace {
  const behindS = distanceS - targetS;
  if (bufferS < LOW_BUFFER_S) return { rate: behindS > SKIP_BEHIND_S ? 1 : MIN_RATE, skipS: 0 };
  if (behindS > SKIP_BEHIND_S && bufferS > SAFE_BUFFER_S * 2) {
    const skipS = Math.min(behindS, bufferS - SAFE_BUFFER_S);
    // A jump is a visible break: only one that gets most of the way there is worth it.
    if (skipS > behindS / 2) return { rate: 1, skipS };
  }
  const correcting = rate !== 1;
  if (Math.abs(behindS) < (correcting ? SETTLED_S : TOLERANCE_S)) return STEADY;
  if (behindS > 0 && bufferS < SAFE_BUFFER_S) return STEADY;
  const wanted = 1 + Math.max(-0.06, Math.min(0.08, behindS * 0.25));
  return { rate: roundRate(Math.max(MIN_RATE, Math.min(MAX_RATE, wanted)), behindS), skipS: 0 };
}

/** Steps of 0.01: every change of rate makes the audio renderer start its stretching anew. */
function roundRate(rate: number, behindS: number): number {
  const rounded = Math.round(rate * 100) / 100;
  return rounded === 1 ? (behindS > 0 ? 1.01 : 0.99) : rounded;
}

/**
 * Smooths the distance to the live edge: playlists arrive a little early and late, and a change of rate can be heard.
 */
export class EdgeDistance {
  private valueS: number | undefined;

  constructor(private readonly weight = 0.15) {}

  /** Takes a new measurement; a jump (a seek, a new broadcast) is taken as it is. */
  add(measuredS: number): number {
    const jumped = this.valueS === undefined || Math.abs(measuredS - this.valueS) > 0.5;
    this.valueS = jumped ? measuredS : this.valueS! + this.weight * (measuredS - this.valueS!);
    return this.valueS;
  }
}

/**
 * The latency to hold: what the stream asks to be held back, a little for the way from the edge, and more after each
 * stall; what stalls added fades while none comes. Soon where they came while the page was young: then the machine was
 * busy with loading it, which says little of the way from the edge.
 */
export class TargetLatency {
  private extraS = 0;
  private changedAtMs = 0;
  private bornAtMs: number | undefined;
  private fadeMs = 0;

  constructor(
    private readonly marginS = 0.1,
    private readonly stepS = 0.15,
    private readonly maxExtraS = 2,
    private readonly fadeAfterMs = 60_000,
    private readonly youngMs = 20_000,
    private readonly youngFadeAfterMs = 5_000,
  ) {}

  stalled(nowMs: number): void {
    const young = nowMs - (this.bornAtMs ?? nowMs) < this.youngMs;
    this.extraS = Math.min(this.maxExtraS, this.extraS + this.stepS);
    this.changedAtMs = nowMs;
    this.fadeMs = young ? this.youngFadeAfterMs : this.fadeAfterMs;
  }

  seconds(holdBackS: number, nowMs: number): number {
    this.bornAtMs ??= nowMs;
    if (this.extraS > 0 && nowMs - this.changedAtMs > this.fadeMs) {
      this.extraS = Math.max(0, this.extraS - this.stepS / 2);
      this.changedAtMs = nowMs;
    }
    return holdBackS + this.marginS + this.extraS;
  }
}
