import { api, ApiProblem, type Channel } from '../shared/api.ts';

export type Connection = 'connecting' | 'connected' | 'polling' | 'unreachable';

/** What the console knows; a change makes a new value. */
export interface FeedState {
  readonly connection: Connection;
  /** Undefined until the first answer. */
  readonly channels: readonly Channel[] | undefined;
  /** Bits a second of each live channel, one value a second, newest last. */
  readonly history: ReadonlyMap<string, readonly number[]>;
}

const RECONNECT_MS = 1_000;
const POLL_MS = 2_000;
/** An event stream whose peer vanished says nothing: the list is read again this often as well. */
const RECONCILE_MS = 20_000;
const HISTORY = 60;

/**
 * Keeps the list of channels right: by the event stream, and by polling where the stream cannot be had. Losing the
 * control plane keeps what is shown and tries again.
 */
export class Feed {
  state: FeedState = { connection: 'connecting', channels: undefined, history: new Map() };
  private events: EventSource | undefined;
  private retry = 0;
  private sampler = 0;
  private reconciler = 0;
  private stopped = false;

  constructor(
    private readonly changed: () => void,
    private readonly signedOut: () => void,
  ) {}

  start(): void {
    this.stopped = false;
    this.connect();
    this.sampler = window.setInterval(() => this.sample(), 1_000);
    this.reconciler = window.setInterval(() => void this.reconcile(), RECONCILE_MS);
  }

  stop(): void {
    this.stopped = true;
    this.events?.close();
    clearTimeout(this.retry);
    clearInterval(this.sampler);
    clearInterval(this.reconciler);
  }

  /** Takes a channel from an answer to a request of this page, before the event about it arrives. */
  put(channel: Channel): void {
    const others = (this.state.channels ?? []).filter((known) => known.id !== channel.id);
    this.set({ channels: byName([...others, channel]) });
  }

  drop(id: string): void {
    this.set({ channels: (this.state.channels ?? []).filter((known) => known.id !== id) });
  }

  private set(part: Partial<FeedState>): void {
    if (this.stopped) return;
    this.state = { ...this.state, ...part };
    this.changed();
  }

  private connect(): void {
    const events = new EventSource('/api/v1/events');
    this.events = events;
    const on = (type: string, take: (data: never) => void) =>
      events.addEventListener(type, (event) => {
        if (this.events === events) take(JSON.parse((event as MessageEvent<string>).data) as never);
      });
    on('snapshot', (snapshot: { channels: Channel[] }) =>
      this.set({ connection: 'connected', channels: byName(snapshot.channels) }),
    );
    on('channel', (channel: Channel) => this.put(channel));
    on('removed', ({ id }: { id: string }) => this.drop(id));
    events.onerror = () => {
      if (this.events !== events) return;
      // EventSource does not tell why, and gives up for ever on some answers: connect anew, and ask by a request.
      events.close();
      this.events = undefined;
      void this.afterBreak();
    };
  }

  private async afterBreak(): Promise<void> {
    const polled = await this.poll();
    if (this.stopped) return;
    this.retry = window.setTimeout(() => this.connect(), polled ? POLL_MS : RECONNECT_MS);
  }

  private async reconcile(): Promise<void> {
    if (this.state.connection === 'connected') await this.poll();
  }

  /** Reads the list once; says whether the control plane answered. */
  private async poll(): Promise<boolean> {
    try {
      const channels = await api.channels();
      const connection = this.events ? this.state.connection : 'polling';
      this.set({ connection, channels: byName(channels) });
      return true;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        this.signedOut();
      } else {
        this.set({ connection: 'unreachable' });
      }
      return false;
    }
  }

  private sample(): void {
    const live = (this.state.channels ?? []).filter((channel) => channel.live.state !== 'offline');
    if (live.length === 0 && this.state.history.size === 0) return;
    if (this.state.connection === 'unreachable') return;
    const history = new Map<string, readonly number[]>();
    for (const { id, live: now } of live) {
      const before = this.state.history.get(id) ?? [];
      history.set(id, [...before, now.state === 'live' ? (now.bitrateBps ?? 0) : 0].slice(-HISTORY));
    }
    this.set({ history });
  }
}

const byName = (channels: readonly Channel[]): Channel[] =>
  [...channels].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
