// Outlives a killed process: waits for the end of its standard input, which the kernel closes however the parent died,
// and then releases the parent's lease of the server, as `stop` would have. After an orderly stop the lease file is gone
// and there is nothing to do.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockOf, read, releaseLease, runningServer, stopServer, withServerLock } from './embedded-lease.mjs';

// A parent that died within a start may have just launched a server that has no pid file yet.
const LAUNCH_MS = 2000;
const [home, holder] = process.argv.slice(2);
const cluster = join(home, 'cluster');

async function release() {
  if (!existsSync(holder)) return;
  const amidStart = parseInt(read(lockOf(home)), 10) === parseInt(basename(holder), 10);
  await withServerLock(home, async () => {
    if (releaseLease(home, holder)) return;
    const deadline = performance.now() + (amidStart ? LAUNCH_MS : 0);
    while (!runningServer(cluster) && performance.now() < deadline) await sleep(50);
    await stopServer(cluster);
  });
}

process.stdin
  .resume()
  .on('error', () => undefined)
  // Where the folder was removed in between, there is nothing left to release.
  .on('close', () => void release().catch(() => undefined));
