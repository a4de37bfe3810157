import { HeapAtRest } from './heap-at-rest.js';

const ON = '--optimize-for-size';
const OFF = '--no-optimize-for-size';
const QUIET = 0.049;
const BUSY = 0.05;

/** @returns the flags that V8 was given, each with the second in which it was */
function flagsIn(...utilizations: number[]): [second: number, flag: string][] {
  const flags: [number, string][] = [];
  let second = 0;
  const heap = new HeapAtRest((flag) => flags.push([second, flag]));
  for (const utilization of utilizations) {
    second++;
    heap.sample(utilization);
  }
  return flags;
}

const seconds = (count: number, utilization: number) => new Array<number>(count).fill(utilization);

describe('the heap of a process at rest', () => {
  it('prefers memory from the fifteenth quiet second on, long enough for V8 to collect', () => {
    expect(flagsIn(...seconds(100, QUIET))).toEqual([
      [15, ON],
      [40, OFF],
    ]);
  });

  it('prefers speed again in the first busy second', () => {
    expect(flagsIn(...seconds(20, QUIET), BUSY, ...seconds(10, QUIET))).toEqual([
      [15, ON],
      [21, OFF],
    ]);
  });

  it('is left alone between loads', () => {
    expect(flagsIn(...seconds(14, QUIET), BUSY, ...seconds(14, QUIET), 0.9)).toEqual([]);
  });

  it('is collected after each load, and each five minutes of few requests', () => {
    expect(flagsIn(...seconds(30, 0.9), ...seconds(330, QUIET)).map(([second]) => second)).toEqual([45, 70, 345]);
  });
});
