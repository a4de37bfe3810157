import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Environment of a product whose event loop is watched. */
export const WATCHED = { NODE_OPTIONS: `--import ${join(__dirname, 'loop-probe.mjs')}` };
export const MAX_BLOCK_MS = 100;
const ATTEMPTS = 3;

/**
 * The longest time for which the event loop of a product stood still since this was last asked, in ms. A machine that is busy with
 * other things delays a loop, too: what the process did not spend computing does not count.
 */
export async function longestBlock(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message') as Promise<[{ delayMs: number; cpuMs: number }]>;
  child.send('loop');
  const [{ delayMs, cpuMs }] = await answer;
  return Math.min(delayMs, cpuMs);
}

/** Measures how long requests block the loop: the least of some attempts, since garbage of others is collected at any time. */
export async function blockOf(child: ChildProcess, requests: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least > MAX_BLOCK_MS; attempt++) {
    await longestBlock(child);
    await requests();
    least = Math.min(least, await longestBlock(child));
  }
  return least;
}
