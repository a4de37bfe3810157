const TIMEOUT_MS = 10_000;
/** Retries for about four days with their delays: a receiver may be down over a weekend. */
export const OUTSIDE_RETRIES = { retries: 16, retryDelay: 5 };

/**
 * Posts a record that has to be kept outside of the host.
 *
 * @throws Error unless the receiver answers with success within 10 s
 */
export async function postOutside(url: string, body: string, type: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': `${type}; charset=utf-8` },
    body,
    // The record goes to the configured receiver alone.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The receiver answered with ${response.status}`);
}
