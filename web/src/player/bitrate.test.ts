import { expect, it } from 'vitest';
import { BitrateMeter } from './bitrate.ts';

it('measures all tracks over the duration of the main one, for the last seconds only', () => {
  const meter = new BitrateMeter();
  expect(meter.bps(0)).toBeUndefined();
  meter.add(0, 1_000_000, 0.2);
  for (let i = 1; i <= 10; i++) {
    meter.add(8_000 + i * 200, 75_000, 0.2);
    meter.add(8_000 + i * 200, 5_000, 0);
  }
  expect(meter.bps(10_000)).toBeCloseTo(3_200_000, -2);
});
