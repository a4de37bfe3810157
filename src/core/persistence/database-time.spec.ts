import fc from 'fast-check';
import { DatabaseTime } from './database-time.js';

describe('DatabaseTime', () => {
  let monotonic = 0;
  let wall = 0;

  beforeEach(() => {
    monotonic = 1000;
    wall = Date.UTC(2026, 5, 1);
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic);
    jest.spyOn(Date, 'now').mockImplementation(() => wall);
  });
  afterEach(() => jest.restoreAllMocks());

  const pass = (ms: number) => {
    monotonic += ms;
    wall += ms;
  };
  /**
   * Samples a database whose clock is `ahead` of the process's; `question` and `answer` are the durations of the two
   * ways.
   */
  const sample = (time: DatabaseTime, ahead: number, question: number, answer: number) => {
    const sent = monotonic;
    pass(question);
    const read = wall + ahead;
    pass(answer);
    time.sample(read, sent, monotonic);
  };

  it('returns the process time before the first sample, and the database time after it', () => {
    const time = new DatabaseTime();
    expect(time.now()).toBe(wall);
    sample(time, 3_600_000, 1, 1);
    expect(time.now()).toBe(wall + 3_600_000);
    expect(time.processAhead).toBe(-3_600_000);
    expect(time.age).toBe(0);
  });

  it('deviates by at most half of the fastest round trip and the drift since, however slow others were', () => {
    const durations = fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 5000 }));
    const samples = fc.array(fc.tuple(durations, fc.integer({ min: 0, max: 10_000 })), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(samples, fc.integer({ min: -1e9, max: 1e9 }), (taken, ahead) => {
        const time = new DatabaseTime();
        const began = monotonic;
        for (const [[question, answer], pause] of taken) {
          sample(time, ahead, question, answer);
          pass(pause);
        }
        const quickest = Math.min(...taken.map(([[question, answer]]) => question + answer));
        const drift = 200e-6 * (monotonic - began);
        expect(Math.abs(-time.processAhead - ahead)).toBeLessThanOrEqual(quickest / 2 + drift + 0.001);
      }),
    );
  });

  it('is unaffected when the clock of the process is set, forwards or back', () => {
    const time = new DatabaseTime();
    sample(time, 0, 1, 1);
    const before = time.now();
    wall -= 7_200_000;
    pass(500);
    expect(time.now()).toBe(before + 500);
    expect(time.processAhead).toBe(-7_200_000);
  });

  it('does not go back on a small correction, and follows a database whose clock was set', () => {
    const time = new DatabaseTime();
    sample(time, 400, 400, 0);
    const before = time.now();
    sample(time, 400, 0, 0);
    expect(time.now()).toBe(before);
    pass(300);
    expect(time.now()).toBe(wall + 400);
    sample(time, -3_600_000, 1, 1);
    expect(time.now()).toBe(wall - 3_600_000);
  });
});
