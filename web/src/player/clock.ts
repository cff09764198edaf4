/** The edge's clock as seen from here: PROGRAM-DATE-TIME is in it, and this machine's clock may be minutes off. */
export class EdgeClock {
  private offsetMs: number | undefined;
  private bestRoundTripMs = Number.POSITIVE_INFINITY;
  private timer = 0;
  private stopped = false;

  constructor(private readonly timeUrl: string) {}

  /** The edge's time, or this machine's until the edge was asked. */
  nowMs(): number {
    return Date.now() + (this.offsetMs ?? 0);
  }

  get known(): boolean {
    return this.offsetMs !== undefined;
  }

  start(): void {
    void this.measure();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async measure(): Promise<void> {
    // The sample with the shortest way there and back bounds the error best. An old one is worth less: clocks drift.
    this.bestRoundTripMs *= 2;
    for (let i = 0; i < 4 && !this.stopped; i++) await this.sample();
    if (this.stopped) return;
    this.timer = window.setTimeout(() => void this.measure(), this.known ? 60_000 : 5_000);
  }

  private async sample(): Promise<void> {
    try {
      const before = performance.now();
      const response = await fetch(this.timeUrl, { cache: 'no-store', signal: AbortSignal.timeout(4_000) });
      const here = Date.now();
      const roundTripMs = performance.now() - before;
      if (!response.ok) return;
      const there = parseTime(await response.text());
      if (there === undefined || this.stopped || roundTripMs > this.bestRoundTripMs) return;
      this.bestRoundTripMs = roundTripMs;
      this.offsetMs = there - (here - roundTripMs / 2);
    } catch {
      // An edge that does not tell the time: latency is shown by this machine's clock.
    }
  }
}

const EARLIEST_MS = Date.UTC(2020, 0, 1);

/** Unix milliseconds of an answer of `/time`: an ISO 8601 date, or Unix time in s, ms, µs or ns. */
export function parseTime(text: string): number | undefined {
  const trimmed = text.trim().replace(/^"|"$/g, '');
  if (/^\d{4}-\d\d-\d\dT/.test(trimmed)) {
    const ms = Date.parse(trimmed);
    return Number.isNaN(ms) ? undefined : ms;
  }
  if (!/^\d+(\.\d+)?$/.test(trimmed)) return undefined;
  let ms = Number(trimmed) * 1000;
  while (ms > EARLIEST_MS * 1000) ms /= 1000;
  return ms >= EARLIEST_MS ? ms : undefined;
}

export function timeUrlOf(hlsUrl: string): string {
  return new URL('/time', hlsUrl).href;
}
