/**
 * Awaits an answer for a limited time. The awaited work goes on, and its outcome is ignored.
 *
 * @param ms the longest wait
 * @throws Error where none has come by then; the error of the answer
 */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms).unref();
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
