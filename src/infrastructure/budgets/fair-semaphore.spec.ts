import { CoreProblem } from '../../core/http/problem.js';
import { FairSemaphore, type Permit } from './fair-semaphore.js';

const LIMITS = { share: 2, process: 3, waiting: { share: 5, process: 8, ms: 50 } };
const semaphore = (limits: Partial<typeof LIMITS> = {}) =>
  new FairSemaphore({ ...LIMITS, ...limits }, (scope) => CoreProblem.busy(scope));

/** Requests permits. @returns the holders that got one, in order */
async function requestPermits(
  permits: FairSemaphore,
  holders: readonly string[],
): Promise<{ served: string[]; held: Permit[] }> {
  const served: string[] = [];
  const held: Permit[] = [];
  for (const holder of holders)
    void permits.acquire(holder).then(
      (permit) => {
        served.push(holder);
        held.push(permit);
      },
      (error: Error) => served.push(`${holder} refused: ${error.message}`),
    );
  await new Promise(setImmediate);
  return { served, held };
}

describe('FairSemaphore', () => {
  it('grants no holder more than its share, and no more than the maximum in total', async () => {
    const permits = semaphore({ waiting: { ...LIMITS.waiting, ms: 5000 } });
    const { served } = await requestPermits(permits, ['a', 'a', 'a', 'b', 'b']);
    expect(served).toEqual(['a', 'a', 'b']);
    expect([permits.inUse, permits.waiting]).toEqual([3, 2]);
  });

  it('serves waiting holders in turns, regardless of who came first', async () => {
    const permits = semaphore({ share: 1, process: 1, waiting: { ...LIMITS.waiting, share: 10, ms: 5000 } });
    const { served, held } = await requestPermits(permits, ['a', 'a', 'a', 'a', 'b', 'c', 'b']);
    for (let i = 0; i < 7; i++) {
      held[i]?.release();
      await new Promise(setImmediate);
    }
    expect(served).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
    expect([permits.inUse, permits.waiting]).toEqual([0, 0]);
  });

  it('rejects a request at once that would exceed the wait queue', async () => {
    const permits = semaphore({ waiting: { ...LIMITS.waiting, ms: 5000 } });
    const { served } = await requestPermits(permits, [...Array<string>(8).fill('a'), ...Array<string>(5).fill('b')]);
    expect(served).toEqual(['a', 'a', 'a refused: share', 'b', 'b refused: process']);
  });

  it('rejects a request that waited too long, and names the exhausted limit', async () => {
    const permits = semaphore();
    const { served } = await requestPermits(permits, ['a', 'a', 'a', 'b', 'b']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(served.slice(3)).toEqual(['a refused: share', 'b refused: process']);
    expect(permits.waiting).toBe(0);
  });

  it('counts a permit that is released twice once', async () => {
    const permits = semaphore();
    const { held } = await requestPermits(permits, ['a', 'a']);
    held[0]?.release();
    held[0]?.release();
    expect(permits.inUse).toBe(1);
    expect((await requestPermits(permits, ['a', 'a'])).served).toEqual(['a']);
  });

  it('keeps no queue of a holder that it refused', async () => {
    const permits = semaphore({ waiting: { ...LIMITS.waiting, process: 0 } });
    const { held } = await requestPermits(permits, ['a', 'a', 'b']);
    const refused = Array.from({ length: 10_000 }, (_, i) => `refused ${i}`);
    expect((await requestPermits(permits, refused)).held).toEqual([]);
    held.forEach((permit) => permit.release());
    expect(permits['queues'].size).toBe(0);
  });
});
