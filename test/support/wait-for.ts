/** Limit of what a pause between two looks counts: after a standstill of this process, what has arrived is not read yet. */
const LONGEST_PAUSE_MS = 100;

/**
 * Waits until something is so.
 *
 * @param ms how long at most, without the time for which this process stands still between two looks
 * @throws where it does not come
 */
export async function waitFor(so: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  let waited = 0;
  for (let began = performance.now(); !(await so()); began = performance.now()) {
    const paused = performance.now();
    waited += paused - began;
    if (waited >= ms) throw new Error(`Waited ${ms} ms in vain for ${so.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    waited += Math.min(performance.now() - paused, LONGEST_PAUSE_MS);
  }
}
