/** A request waits for two seconds for an earlier one with its key. */
const WAITED_MS = 1900;
const MAX_ATTEMPTS = 10;

/**
 * Repeats a request, as clients do, that has waited for an earlier one with its `Idempotency-Key` for as long as it may: on a busy
 * machine, that one may take so long. An answer that did not wait is the last.
 */
export async function repeatedAfterWait<T>(
  attempt: () => Promise<T>,
  isInProgress: (answer: T) => boolean,
): Promise<T> {
  for (let left = MAX_ATTEMPTS; ; left--) {
    const began = performance.now();
    const answer = await attempt();
    if (left === 0 || performance.now() - began < WAITED_MS || !isInProgress(answer)) return answer;
  }
}
