// One long answer: when its first byte comes, how fast the rest does, and how much memory the server takes for it.
import { get } from 'node:http';
import { residentMb } from './processes.mjs';

const SAMPLE_MS = 20;

export async function streamed({ url, pid }, path, token) {
  // Once before, so that what is allocated for good is not counted.
  await read(url, path, token);
  const before = residentMb(pid);
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid))), SAMPLE_MS);
  try {
    return { ...(await read(url, path, token)), moreMb: Math.max(0, peak - before), peakMb: peak };
  } finally {
    clearInterval(timer);
  }
}

function read(url, path, token) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const request = get(url + path, { headers: { Authorization: `Bearer ${token}` } }, (response) => {
      let [firstMs, bytes] = [0, 0];
      response.on('data', (data) => {
        firstMs ||= performance.now() - started;
        bytes += data.length;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, firstMs, ms: performance.now() - started, bytes }),
      );
      response.on('aborted', () => reject(new Error(`${path} broke off after ${bytes} bytes`)));
    });
    request.on('error', reject);
  });
}
