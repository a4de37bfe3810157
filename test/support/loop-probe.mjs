// Loaded into the server's process: reports over IPC for how long a turn of its event loop computed since it was last asked.
import { setTimeout } from 'node:timers/promises';
import { watchTurns } from './loop-turns.mjs';

/** More than two looks at the turns. */
const LOOKS_MS = 12;
const turns = watchTurns();

process.on('message', async (message) => {
  if (message !== 'loop') return;
  // After the next looks, when a turn that has just ended is counted.
  await setTimeout(LOOKS_MS);
  process.send({ blockMs: turns.longest() });
});
process.channel.unref();
