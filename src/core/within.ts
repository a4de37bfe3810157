/**
 * Awaits an answer for a limited time. What is awaited goes on; its outcome is ignored then.
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
