/** Sends a request; as `fetch`, but for requests alone. */
export type Send = (request: Request) => Promise<Response>;

const MAX_WAIT_SECONDS = 10;
export const FIRST_PAUSE_MS = 300;
const SAFE = new Set(['GET', 'HEAD']);
/** 409: the first attempt is under way. */
const REPEATABLE = new Set([409, 429, 503]);

/** @throws the reason of `signal` where it is aborted by the end of the pause */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
  signal.throwIfAborted();
}

/**
 * Repeats requests that got no answer, or one with `Retry-After` of at most ten seconds. Only what is safe to repeat: reads,
 * and changes with an `Idempotency-Key`, which are made once.
 */
export function repeating(send: Send, times: number): Send {
  return async (request) => {
    const isRepeatable = SAFE.has(request.method) || request.headers.has('Idempotency-Key');
    for (let left = isRepeatable ? times : 0; left > 0; left--) {
      const wait = await attempt(send, request, FIRST_PAUSE_MS * 2 ** (times - left));
      if (typeof wait !== 'number') return wait;
      await pause(wait, request.signal);
    }
    return send(request);
  };
}

/** @returns the response, or the milliseconds to wait before the next attempt */
async function attempt(send: Send, request: Request, pauseMs: number): Promise<Response | number> {
  try {
    const response = await send(request.clone());
    const seconds = Number(response.headers.get('Retry-After') ?? Infinity);
    if (!REPEATABLE.has(response.status) || !(seconds <= MAX_WAIT_SECONDS)) return response;
    await response.body?.cancel();
    return seconds * 1000;
  } catch (error) {
    if (request.signal.aborted) throw error;
    return pauseMs;
  }
}
