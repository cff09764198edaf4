import type { HlsConfig } from 'hls.js';

/** How hls.js is set for parts of 0.2 s. */
export const HLS_CONFIG: Partial<HlsConfig> = {
  // /watch/CHANNEL?debug tells in the browser's console what hls.js does.
  debug: new URLSearchParams(location.search).has('debug'),
  lowLatencyMode: true,
  // Passing CMAF through costs less than handing it to a worker and back, and needs no blob: worker in the policy.
  enableWorker: false,
  // Its own catch-up needs 1 s of buffer, see pace.ts.
  maxLiveSyncPlaybackRate: 1,
  // Stalls raise our own target; hls.js would seek back by a whole second.
  liveSyncOnStallIncrease: 0,
  maxBufferLength: 10,
  maxMaxBufferLength: 30,
  // Its own trimming breaks low latency, see back-buffer.ts.
  backBufferLength: Number.POSITIVE_INFINITY,
  // Endless duration: the window slides under the playhead and no seek is clamped to an old end.
  liveDurationInfinity: true,
  // Parts are 0.2 s: a tolerance above one would skip them.
  maxFragLookUpTolerance: 0.1,
  startFragPrefetch: true,
  // The first estimate only chooses the first variant; a passthrough channel has one.
  abrEwmaDefaultEstimate: 5_000_000,
  // Features that no Millrace stream has yet.
  enableInterstitialPlayback: false,
  enableCEA708Captions: false,
  enableID3MetadataCues: false,
  enableEmsgMetadataCues: false,
  enableDateRangeMetadataCues: false,
};
