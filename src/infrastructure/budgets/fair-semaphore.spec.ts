import { CoreProblem } from '../../core/http/problem.js';
import { FairSemaphore, type Permit } from './fair-semaphore.js';

const LIMITS = { share: 2, process: 3, waiting: { share: 5, process: 8, ms: 50 } };
const semaphore = (limits: Partial<typeof LIMITS> = {}) =>
  new FairSemaphore({ ...LIMITS, ...limits }, (scope) => CoreProblem.busy(scope));

/** Has a holder ask for places. @returns who got one, in the order in which they did */
async function ask(places: FairSemaphore, holders: readonly string[]): Promise<{ served: string[]; held: Permit[] }> {
  const served: string[] = [];
  const held: Permit[] = [];
  for (const holder of holders)
    void places.acquire(holder).then(
      (place) => {
        served.push(holder);
        held.push(place);
      },
      (error: Error) => served.push(`${holder} refused: ${error.message}`),
    );
  await new Promise(setImmediate);
  return { served, held };
}

describe('FairSemaphore', () => {
  it('gives no holder more than their share, and all together no more than there is', async () => {
    const places = semaphore();
    const { served } = await ask(places, ['a', 'a', 'a', 'b', 'b']);
    expect(served).toEqual(['a', 'a', 'b']);
    expect([places.inUse, places.waiting]).toEqual([3, 2]);
  });

  it('serves waiting holders in turns, whoever came first', async () => {
    const places = semaphore({ share: 1, process: 1, waiting: { ...LIMITS.waiting, share: 10, ms: 5000 } });
    const { served, held } = await ask(places, ['a', 'a', 'a', 'a', 'b', 'c', 'b']);
    for (let i = 0; i < 7; i++) {
      held[i]?.release();
      await new Promise(setImmediate);
    }
    expect(served).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
    expect([places.inUse, places.waiting]).toEqual([0, 0]);
  });

  it('refuses at once whoever would make a queue too long', async () => {
    const places = semaphore();
    const { served } = await ask(places, [...Array<string>(8).fill('a'), ...Array<string>(5).fill('b')]);
    expect(served).toEqual(['a', 'a', 'a refused: share', 'b', 'b refused: process']);
  });

  it('refuses whoever has waited for too long, and says for want of what', async () => {
    const places = semaphore();
    const { served } = await ask(places, ['a', 'a', 'a', 'b', 'b']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(served.slice(3)).toEqual(['a refused: share', 'b refused: process']);
    expect(places.waiting).toBe(0);
  });

  it('counts a place that is given back twice once', async () => {
    const places = semaphore();
    const { held } = await ask(places, ['a', 'a']);
    held[0]?.release();
    held[0]?.release();
    expect(places.inUse).toBe(1);
    expect((await ask(places, ['a', 'a'])).served).toEqual(['a']);
  });
});
