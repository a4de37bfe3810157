// Loaded into the server's process: reports over IPC for how long its event loop stood still since it was last asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/** More than two ticks of the histogram. */
const TICKS_MS = 12;
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let cpu = process.cpuUsage();

process.on('message', async (message) => {
  if (message !== 'loop') return;
  // After the next timers, when a block that has just ended is in the histogram.
  await setTimeout(TICKS_MS);
  const { user, system } = process.cpuUsage(cpu);
  const delayMs = delay.max / 1e6;
  delay.reset();
  cpu = process.cpuUsage();
  // The first tick after a reset is no interval yet: a block that begins before it would be lost.
  await setTimeout(TICKS_MS);
  process.send({ delayMs, cpuMs: (user + system) / 1000 });
});
process.channel.unref();
