/** Waits until something is so, for a while; what is expected afterwards says whether it is. */
export async function until(so: () => boolean | Promise<boolean>, ms = 12_000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && !(await so());)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
