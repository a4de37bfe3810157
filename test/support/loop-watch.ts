import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { watchTurns } from './loop-turns.mjs';

/** Environment of a product whose event loop is watched. */
export const WATCHED = { NODE_OPTIONS: `--import ${join(__dirname, 'loop-probe.mjs')}` };
export const MAX_BLOCK_MS = 100;
const ATTEMPTS = 3;

/** The longest turn of the event loop of a product since this was last asked, in ms. */
export async function longestBlock(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message') as Promise<[{ blockMs: number }]>;
  child.send('loop');
  const [{ blockMs }] = await answer;
  return blockMs;
}

/** The longest turn of the event loop of this process while `work` runs, in ms. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const turns = watchTurns();
  try {
    await work();
  } finally {
    turns.end();
  }
  return turns.longest();
}

/** Measures how long requests block the loop of a product, in ms. */
export function blockOf(child: ChildProcess, requests: () => Promise<unknown>): Promise<number> {
  return leastOf(MAX_BLOCK_MS, async () => {
    await longestBlock(child);
    await requests();
    return longestBlock(child);
  });
}

/** The least of some attempts, up to one that is no more than `enough`: garbage of others is collected at any time. */
export async function leastOf(enough: number, measure: () => Promise<number>): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least > enough; attempt++) least = Math.min(least, await measure());
  return least;
}
