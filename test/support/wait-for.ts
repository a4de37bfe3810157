/** What a look counts at most: after a pause of this process, what has come meanwhile is not read yet. */
const LONGEST_LOOK_MS = 250;

/**
 * Waits until something is so.
 *
 * @param ms how long at most, without the time for which this process stands still
 * @throws where it does not come
 */
export async function waitFor(so: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  for (let [left, seen] = [ms, performance.now()]; !(await so());) {
    if (left <= 0) throw new Error(`Waited ${ms} ms in vain for ${so.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const now = performance.now();
    left -= Math.min(now - seen, LONGEST_LOOK_MS);
    seen = now;
  }
}
