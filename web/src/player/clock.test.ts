import { describe, expect, it } from 'vitest';
import { channelOfAddress } from './address.ts';
import { parseTime, timeUrlOf } from './clock.ts';

describe('the edge’s time', () => {
  const ms = Date.UTC(2026, 10, 22, 11, 20, 3, 250);

  it('is read from a date and from Unix time in any unit', () => {
    expect(parseTime('2026-11-22T11:20:03.250Z\n')).toBe(ms);
    expect(parseTime(String(ms))).toBe(ms);
    expect(parseTime((ms / 1000).toFixed(3))).toBeCloseTo(ms, 0);
    expect(parseTime(`${ms}000`)).toBeCloseTo(ms, 0);
    expect(parseTime(`${ms}000000`)).toBeCloseTo(ms, 0);
  });

  it('is not read from anything else', () => {
    for (const text of ['', 'soon', '12', '-5', '2026-13-99T99', '<html>']) expect(parseTime(text)).toBeUndefined();
  });

  it('is asked of the edge that serves the playlist', () => {
    expect(timeUrlOf('http://edge.example:8080/live/main/index.m3u8')).toBe('http://edge.example:8080/time');
  });
});

describe('the channel in the address', () => {
  it('is found on watch and embed pages only', () => {
    expect(channelOfAddress('/watch/main')).toBe('main');
    expect(channelOfAddress('/embed/main/')).toBe('main');
    expect(channelOfAddress('/watch/a%20b')).toBe('a b');
    expect(channelOfAddress('/watch/%E0%A4%A')).toBe('%E0%A4%A');
    expect(channelOfAddress('/')).toBe('');
  });
});
