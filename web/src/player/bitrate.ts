const WINDOW_MS = 6_000;

/** Measures bits a second of media over the last seconds: all bytes, over the main track's duration. */
export class BitrateMeter {
  private readonly loads: { atMs: number; bytes: number; durationS: number }[] = [];

  /** `durationS` is 0 for tracks that play beside the main one. */
  add(atMs: number, bytes: number, durationS: number): void {
    this.loads.push({ atMs, bytes, durationS });
  }

  /** Undefined until there is a second of media to measure by. */
  bps(nowMs: number): number | undefined {
    while (this.loads.length > 0 && this.loads[0]!.atMs < nowMs - WINDOW_MS) this.loads.shift();
    const bytes = this.loads.reduce((sum, load) => sum + load.bytes, 0);
    const durationS = this.loads.reduce((sum, load) => sum + load.durationS, 0);
    return durationS > 1 ? (bytes * 8) / durationS : undefined;
  }
}
