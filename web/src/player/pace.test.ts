import { describe, expect, it } from 'vitest';
import { EdgeDistance, MAX_RATE, MIN_RATE, pace, TargetLatency } from './pace.ts';

const steady = { distanceS: 0.73, bufferS: 0.6, targetS: 0.73, rate: 1 };

describe('pace', () => {
  it('plays at normal speed near the target', () => {
    expect(pace(steady)).toEqual({ rate: 1, skipS: 0 });
    expect(pace({ ...steady, distanceS: 0.77 })).toEqual({ rate: 1, skipS: 0 });
  });

  it('goes on correcting until it is at the target, so that the rate does not flutter', () => {
    expect(pace({ ...steady, distanceS: 0.77, rate: 1.02 }).rate).toBeGreaterThan(1);
    expect(pace({ ...steady, distanceS: 0.74, rate: 1.02 }).rate).toBe(1);
  });

  it('never plays faster than a viewer would notice', () => {
    expect(pace({ ...steady, distanceS: 1.8, bufferS: 0.4 }).rate).toBeLessThanOrEqual(MAX_RATE);
    expect(pace({ ...steady, distanceS: 0.1, bufferS: 0.3 }).rate).toBeGreaterThanOrEqual(MIN_RATE);
  });

  it('does not play faster out of a buffer that is nearly empty', () => {
    expect(pace({ ...steady, distanceS: 1, bufferS: 0.2 }).rate).toBe(1);
    expect(pace({ ...steady, distanceS: 0.8, bufferS: 0.1 }).rate).toBe(MIN_RATE);
  });

  it('jumps when far behind and what to play there is buffered', () => {
    const jump = pace({ distanceS: 6, bufferS: 5.9, targetS: 0.73, rate: 1 });
    expect(jump.skipS).toBeCloseTo(5.27, 2);
    expect(jump.rate).toBe(1);
  });

  it('does not jump where it would not get near', () => {
    expect(pace({ distanceS: 20, bufferS: 2, targetS: 0.73, rate: 1 }).skipS).toBe(0);
  });

  it('brings a late start to the target and stays there', () => {
    let distanceS = 1.6;
    let rate = 1;
    for (let i = 0; i < 300; i++) {
      const next = pace({ distanceS, bufferS: distanceS - 0.15, targetS: 0.73, rate });
      rate = next.rate;
      distanceS -= next.skipS + (rate - 1) * 0.1;
    }
    expect(distanceS).toBeGreaterThan(0.7);
    expect(distanceS).toBeLessThan(0.8);
  });
});

describe('the distance to the live edge', () => {
  it('does not follow the jitter of playlists, but a jump', () => {
    const distance = new EdgeDistance();
    const seen = [0.7, 0.8, 0.66, 0.78, 0.68, 0.76].map((measured) => distance.add(measured));
    expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(0.03);
    expect(distance.add(6)).toBe(6);
  });
});

describe('target latency', () => {
  it('grows with each stall up to a limit and fades while none comes', () => {
    const target = new TargetLatency(0.1, 0.2, 0.5, 60_000, 0);
    expect(target.seconds(0.63, 0)).toBeCloseTo(0.73);
    target.stalled(0);
    expect(target.seconds(0.63, 1)).toBeCloseTo(0.93);
    for (let i = 0; i < 9; i++) target.stalled(2);
    expect(target.seconds(0.63, 3)).toBeCloseTo(1.23);
    expect(target.seconds(0.63, 60_003)).toBeCloseTo(1.13);
    expect(target.seconds(0.63, 60_004)).toBeCloseTo(1.13);
    for (let at = 120_010; at < 900_000; at += 60_010) target.seconds(0.63, at);
    expect(target.seconds(0.63, 900_000)).toBeCloseTo(0.73);
  });

  it('forgets soon what happened while the page was young', () => {
    const target = new TargetLatency(0.1, 0.2, 0.5, 60_000, 20_000, 5_000);
    target.seconds(0.63, 1_000);
    target.stalled(2_000);
    expect(target.seconds(0.63, 2_001)).toBeCloseTo(0.93);
    expect(target.seconds(0.63, 7_001)).toBeCloseTo(0.83);
    expect(target.seconds(0.63, 12_002)).toBeCloseTo(0.73);
    target.stalled(30_000);
    expect(target.seconds(0.63, 40_000)).toBeCloseTo(0.93);
    expect(target.seconds(0.63, 90_001)).toBeCloseTo(0.83);
  });
});
