export interface Mock {
  readonly url: string;
  readonly token: string;
  /** Changes what the mock says about a channel and tells the event stream. */
  setLive(name: string, live: Record<string, unknown>): void;
  add(name: string, title?: string): Record<string, unknown>;
  /** While away every request is answered as by a proxy whose server is gone, and event streams are cut. */
  away: boolean;
  /** Answers the event stream with 503, so that the pages must poll. */
  withoutEvents: boolean;
  /** What OBS calls Server; null while no ingest has joined. */
  ingest: string | null;
  /** Where `watch.hls` points; undefined for no edge. */
  edge: string | undefined;
  /** How the edge at `/edge` answers for what `files` does not have; 404 at first. */
  edgeStatus: number;
  readonly requests: string[];
  /** Playlists that the mock serves beside, by path, to stand for an edge. */
  readonly files: Map<string, string>;
  close(): Promise<void>;
}
export function createMock(options?: { demo?: boolean; pages?: string; port?: number }): Promise<Mock>;
export const PAGE_POLICY: string;
export const EMBED_POLICY: string;
