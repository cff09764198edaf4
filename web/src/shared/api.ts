/** The shapes of `openapi.yaml`, as far as the pages use them, and the calls. */

export type LiveState = 'offline' | 'live' | 'waiting';

export interface Track {
  kind: 'video' | 'audio';
  codec: string;
  width?: number | null;
  height?: number | null;
  frameRate?: number | null;
  keyframeIntervalMs?: number | null;
  sampleRate?: number | null;
  channels?: number | null;
  bitrateBps?: number | null;
}

export interface Live {
  state: LiveState;
  broadcast?: string | null;
  since?: string | null;
  viewers: number;
  bitrateBps?: number | null;
  latencyMs?: number | null;
  tracks: Track[];
  publisher?: string | null;
  hints: string[];
}

export interface Publish {
  rtmpServer?: string | null;
  rtmpKey?: string | null;
  rtmp?: string | null;
  srt?: string | null;
}

export interface Watch {
  hls?: string | null;
  dash?: string | null;
  page: string;
}

export interface Channel {
  id: string;
  name: string;
  title: string;
  createdAt: string;
  keyHint?: string | null;
  settings: { partMs: number; segmentMs: number; windowMs: number; graceMs: number };
  publish: Publish;
  watch: Watch;
  live: Live;
}

export interface ChannelWithKey extends Channel {
  key: string;
}

export interface PublicChannel {
  id: string;
  name: string;
  title: string;
  state: LiveState;
  live: boolean;
  since?: string | null;
  viewers: number;
  latencyMs?: number | null;
  watch: Watch;
}

/** A problem document (RFC 9457), or what stands for one where the answer was something else. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly errors: ReadonlyArray<{ field: string; detail: string }> = [],
  ) {
    super(detail);
    this.name = 'ApiProblem';
  }

  /** What is wrong with one field, where the problem names it. */
  forField(field: string): string | undefined {
    return this.errors.find((error) => error.field === field)?.detail;
  }
}

/** No answer at all: the control plane is away, or the network is. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The control plane does not answer', { cause });
    this.name = 'Unreachable';
  }
}

const REQUEST_TIMEOUT_MS = 8_000;

async function problemOf(response: Response): Promise<ApiProblem> {
  try {
    const body = (await response.json()) as Partial<{
      title: string;
      detail: string;
      errors: { field: string; detail: string }[];
    }>;
    const title = body.title ?? response.statusText;
    return new ApiProblem(response.status, title, body.detail ?? title, body.errors ?? []);
  } catch {
    return new ApiProblem(response.status, response.statusText, `The control plane answered ${response.status}`);
  }
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (error) {
    throw new Unreachable(error);
  }
  // A proxy in front answers for a control plane that is away.
  if (response.status === 502 || response.status === 504) throw new Unreachable(response.status);
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new Unreachable(error);
  }
}

const at = (channel: string) => `/channels/${encodeURIComponent(channel)}`;

/** All channels, page by page; as many as the event stream's snapshot carries. */
async function listChannels(): Promise<Channel[]> {
  const all: Channel[] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const page: { channels: Channel[]; next: string | null } = await request('GET', `/channels?limit=500${query}`);
    all.push(...page.channels);
    after = page.next ?? null;
  } while (after !== null && all.length < 5_000);
  return all;
}

export const api = {
  session: () => request<{ signedIn: boolean }>('GET', '/session'),
  signIn: (token: string) => request<{ signedIn: boolean }>('POST', '/session', { token }),
  signOut: () => request<void>('DELETE', '/session'),
  channels: listChannels,
  create: (name: string, title: string) =>
    request<ChannelWithKey>('POST', '/channels', title === '' ? { name } : { name, title }),
  rotateKey: (channel: string) => request<ChannelWithKey>('POST', `${at(channel)}/key`),
  end: (channel: string) => request<Channel>('POST', `${at(channel)}/end`),
  remove: (channel: string) => request<void>('DELETE', at(channel)),
  publicChannel: (channel: string) => request<PublicChannel>('GET', `/public/channels/${encodeURIComponent(channel)}`),
};
