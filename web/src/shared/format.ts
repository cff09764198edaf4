import type { Track } from './api.ts';

/** Bits a second as people say it: 850 kbit/s, 3.2 Mbit/s. */
export function bitrate(bps: number | null | undefined): string {
  if (!bps || bps < 0) return '–';
  if (bps < 1_000_000) return `${Math.round(bps / 1000)} kbit/s`;
  const mbit = bps / 1_000_000;
  return `${mbit < 10 ? mbit.toFixed(1) : Math.round(mbit)} Mbit/s`;
}

/** A delay: 0.4 ms, 12 ms, 0.84 s. */
export function delay(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms) || ms < 0) return '–';
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 995) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

export function seconds(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : `${value.toFixed(digits)} s`;
}

/** How long ago: 42 s, 12 min, 3 h 05 min, 2 d 4 h. */
export function elapsed(since: string | null | undefined, now: number): string {
  const start = since ? Date.parse(since) : Number.NaN;
  if (Number.isNaN(start)) return '';
  const s = Math.max(0, Math.floor((now - start) / 1000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 24) return `${h} h ${String(min % 60).padStart(2, '0')} min`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

export function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

const AVC_PROFILES: Readonly<Record<string, string>> = {
  '42': 'Baseline',
  '4d': 'Main',
  '58': 'Extended',
  '64': 'High',
  '6e': 'High 10',
  '7a': 'High 4:2:2',
  f4: 'High 4:4:4',
};

/** An RFC 6381 codec string in words where we know it: avc1.64001f is H.264 High 3.1. */
export function codecName(codec: string): string {
  const avc = /^avc[13]\.([0-9a-f]{2})[0-9a-f]{2}([0-9a-f]{2})$/i.exec(codec);
  if (avc) {
    const profile = AVC_PROFILES[avc[1]!.toLowerCase()] ?? '';
    const level = (Number.parseInt(avc[2]!, 16) / 10).toFixed(1);
    return ['H.264', profile, level].filter(Boolean).join(' ');
  }
  if (/^mp4a\.40\.2$/i.test(codec)) return 'AAC';
  if (/^mp4a\.40\.(5|29)$/i.test(codec)) return 'HE-AAC';
  if (/^h(vc|ev)1/i.test(codec)) return 'HEVC';
  if (/^av01/i.test(codec)) return 'AV1';
  if (/^opus$/i.test(codec)) return 'Opus';
  return codec;
}

/** With a space that does not break. */
export function frameRate(fps: number | null | undefined): string {
  return fps ? `${Number(fps.toFixed(2))}\u00a0fps` : '';
}

/** One line about a track: H.264 High 3.1 · 1280 × 720 · 30 fps. */
export function trackSummary(track: Track): string {
  const parts = [codecName(track.codec)];
  if (track.width && track.height) parts.push(`${track.width} × ${track.height}`);
  const fps = frameRate(track.frameRate);
  if (fps) parts.push(fps);
  if (track.sampleRate) parts.push(`${Number((track.sampleRate / 1000).toFixed(1))} kHz`);
  if (track.channels) parts.push(track.channels === 1 ? 'mono' : track.channels === 2 ? 'stereo' : `${track.channels} ch`);
  return parts.join(' · ');
}

export const videoOf = (tracks: readonly Track[]): Track | undefined => tracks.find((track) => track.kind === 'video');

/** What the API expects of a name; the API has the last word. */
export const CHANNEL_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Makes of what a person types the nearest name the API takes: "Main Stage" → main-stage. */
export function suggestName(typed: string): string {
  return typed
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}
