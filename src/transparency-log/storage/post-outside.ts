const TIMEOUT_MS = 10_000;
/** With their delays, about four days: a receiver may be away over a weekend. */
export const RETRIES = { retries: 16, retryDelay: 5 };

/**
 * Posts what has to be kept outside of the host.
 *
 * @throws unless the other side takes it
 */
export async function postOutside(url: string, body: string, type: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': `${type}; charset=utf-8` },
    body,
    // It goes where it was configured to go, and nowhere else.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`The receiver answered with ${answer.status}`);
}
