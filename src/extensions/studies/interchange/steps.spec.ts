import { atOnce, inTurns, type Steps } from './steps.js';

const STEPS = 10;
const STEP_MS = 5;

/** Works for some milliseconds a step. @returns the number of steps */
function* work(): Steps<number> {
  for (let step = 0; step < STEPS; step++) {
    for (const end = performance.now() + STEP_MS; performance.now() < end;);
    yield;
  }
  return STEPS;
}

function* failing(): Steps<never> {
  yield;
  throw new Error('in a step');
}

describe('Work in steps', () => {
  it('is done in turns between which others go on', async () => {
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    expect(await inTurns(work())).toBe(STEPS);
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('is done at once', () => expect(atOnce(work())).toBe(STEPS));

  it('fails as it is done', async () => {
    await expect(inTurns(failing())).rejects.toThrow('in a step');
    expect(() => atOnce(failing())).toThrow('in a step');
  });
});
