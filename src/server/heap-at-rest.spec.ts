import { HeapAtRest } from './heap-at-rest.js';

const ON = '--optimize-for-size';
const OFF = '--no-optimize-for-size';
const REST = 0.049;
const TRAFFIC = 0.06;
const LOAD = 0.3;

/** Lets seconds pass in which the event loop works for these shares. @returns the flags that V8 was given, each with its second */
function flagsIn(...seconds: number[]): [second: number, flag: string][] {
  jest.useFakeTimers();
  const flags: [number, string][] = [];
  let now = 0;
  const worked = () => {
    const active = seconds.slice(0, now).reduce((sum, share) => sum + share * 1000, 0);
    return { active, idle: now * 1000 - active, utilization: active / (now * 1000) };
  };
  new HeapAtRest((flag) => flags.push([now, flag]), worked).watch();
  for (; now < seconds.length;) {
    now++;
    jest.advanceTimersByTime(1000);
  }
  jest.useRealTimers();
  return flags;
}

const times = (count: number, share: number) => new Array<number>(count).fill(share);

describe('the heap of a process at rest', () => {
  it('is collected once it has worked little for fifteen seconds, for as long as that takes', () => {
    expect(flagsIn(...times(100, REST))).toEqual([
      [15, ON],
      [40, OFF],
    ]);
  });

  it('goes on being collected in spite of its own pauses and of single requests', () => {
    expect(flagsIn(...times(16, 0.02), 0.1, 0.29, ...times(22, 0.02))).toEqual([
      [15, ON],
      [40, OFF],
    ]);
  });

  it('is left alone from the first second of a load on', () => {
    expect(flagsIn(...times(20, REST), LOAD, ...times(10, REST))).toEqual([
      [15, ON],
      [21, OFF],
    ]);
  });

  it('is left alone between loads, and under steady traffic', () => {
    expect(flagsIn(...times(14, REST), 0.9, ...times(14, REST), 0.9)).toEqual([]);
    expect(flagsIn(...times(400, TRAFFIC))).toEqual([]);
  });

  it('is collected after each load, and each five minutes at rest', () => {
    const at = flagsIn(...times(30, 0.9), ...times(360, 0.01)).map(([second]) => second);
    expect(at).toEqual([45, 70, 345, 370]);
  });
});
