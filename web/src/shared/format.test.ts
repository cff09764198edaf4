import { describe, expect, it } from 'vitest';
import { bitrate, CHANNEL_NAME, codecName, delay, elapsed, suggestName, trackSummary } from './format.ts';

describe('figures', () => {
  it('writes bitrates as people say them', () => {
    expect(bitrate(null)).toBe('–');
    expect(bitrate(0)).toBe('–');
    expect(bitrate(864_400)).toBe('864 kbit/s');
    expect(bitrate(3_180_000)).toBe('3.2 Mbit/s');
    expect(bitrate(25_400_000)).toBe('25 Mbit/s');
  });

  it('writes delays from fractions of a millisecond to seconds', () => {
    expect(delay(null)).toBe('–');
    expect(delay(-1)).toBe('–');
    expect(delay(0.42)).toBe('0.4 ms');
    expect(delay(12.4)).toBe('12 ms');
    expect(delay(996)).toBe('1.00 s');
  });

  it('writes how long a broadcast has run', () => {
    const start = '2026-01-01T00:00:00Z';
    const at = (s: number) => elapsed(start, Date.parse(start) + s * 1000);
    expect([at(-5), at(42), at(725), at(11_100), at(187_200)]).toEqual(['0 s', '42 s', '12 min', '3 h 05 min', '2 d 4 h']);
    expect(elapsed(null, 0)).toBe('');
    expect(elapsed('nonsense', 0)).toBe('');
  });

  it('names codecs by their RFC 6381 strings and leaves the unknown as they are', () => {
    expect(codecName('avc1.64001f')).toBe('H.264 High 3.1');
    expect(codecName('avc1.42e01e')).toBe('H.264 Baseline 3.0');
    expect(codecName('mp4a.40.2')).toBe('AAC');
    expect(codecName('xyz1.0')).toBe('xyz1.0');
  });

  it('sums up a track without what is not known', () => {
    expect(trackSummary({ kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720, frameRate: 29.97003 })).toBe(
      'H.264 High 3.1 · 1280 × 720 · 29.97\u00a0fps',
    );
    expect(trackSummary({ kind: 'audio', codec: 'mp4a.40.2', sampleRate: 44_100, channels: 2 })).toBe('AAC · 44.1 kHz · stereo');
    expect(trackSummary({ kind: 'audio', codec: 'mp4a.40.2', width: null, sampleRate: null })).toBe('AAC');
  });
});

describe('names', () => {
  it('makes of what was typed a name the API takes', () => {
    expect(suggestName('Main Stage')).toBe('main-stage');
    expect(suggestName('  Café — Bühne 2! ')).toBe('cafe-buhne-2');
    expect(suggestName('日本')).toBe('');
    for (const typed of ['x'.repeat(90), `${'y'.repeat(62)} z`, '-a-', '9 lives']) {
      expect(suggestName(typed)).toMatch(CHANNEL_NAME);
    }
  });
});
