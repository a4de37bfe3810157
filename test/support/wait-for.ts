/**
 * Waits until something is so.
 *
 * @param ms how long at most
 * @throws where it does not come
 */
export async function waitFor(so: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await so())) {
    if (Date.now() >= end) throw new Error(`Waited ${ms} ms in vain for ${so.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
