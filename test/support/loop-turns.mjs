import { existsSync, readFileSync } from 'node:fs';

const TICK_MS = 5;

/** CPU time of the main thread, or where the system does not tell it, of the process, in ms. */
function cpuMs() {
  const ofThread = isTold ? schedstat() : 0;
  if (ofThread > 0) return ofThread;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const schedstat = () => Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ', 1)[0]) / 1e6;

/** Zero where the system does not count it. */
const isTold = existsSync('/proc/self/schedstat') && schedstat() > 0;

/**
 * Measures for how long turns of this process's event loop compute. A machine that is busy with other things delays a turn, too: time in
 * which the thread had no CPU does not count.
 *
 * @returns `longest`, which tells the longest turn since it was last called, in ms, and `end`
 */
export function watchTurns() {
  let [longest, wall, cpu] = [0, performance.now(), cpuMs()];
  const timer = setInterval(() => {
    const [now, used] = [performance.now(), cpuMs()];
    longest = Math.max(longest, Math.min(now - wall, used - cpu));
    [wall, cpu] = [now, used];
  }, TICK_MS);
  timer.unref();
  return {
    longest() {
      const seen = longest;
      longest = 0;
      return seen;
    },
    end: () => clearInterval(timer),
  };
}
