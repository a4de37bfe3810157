import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SIZE = '300m';
export const about = `the disk of PostgreSQL (${SIZE}) becomes full, and has room again`;

export function unavailable() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return 'only root can mount a small disk';
  const probe = join('/tmp', `ctms-faults-probe-${process.pid}`);
  mkdirSync(probe);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe]).status === 0;
  if (mounted) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true });
  return mounted ? undefined : 'this machine does not let root mount a small disk';
}

export const options = {
  folder: (world) => {
    const disk = join(world.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', disk]);
    world.cleanUp(() => execFileSync('umount', ['-l', disk]));
    chmodSync(disk, 0o755);
    return join(disk, 'postgres');
  },
};

export async function run(world) {
  world.start();
  const { postgres, readiness } = world;
  const ballast = join(world.folder, 'disk', 'ballast');
  await world.pause(500, 1500);
  await readiness.during('unclear', async () => {
    fill(ballast);
    world.say('the disk is full');
    await world.forTheTime(async () => {
      await world.pause(200);
      // PostgreSQL gives up where it cannot write its log; its operator starts it again.
      if (!postgres.running) await postgres.run().catch((error) => world.say(`${error.message.split('\n').pop()}`));
    });
    rmSync(ballast);
    world.say('the disk has room again');
    if (!postgres.running) await postgres.run();
    await world.recovered();
  });
  await world.pause(500);
  const readOnly = [...world.journal.answers.keys()].some((answer) => answer === '503 database_read_only');
  world.say(readOnly ? 'writes were refused with database_read_only' : 'no write was refused with database_read_only');
}

function fill(file) {
  const descriptor = openSync(file, 'w');
  const block = Buffer.alloc(64 * 1024);
  try {
    for (;;) if (writeSync(descriptor, block) < block.length) return;
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  } finally {
    closeSync(descriptor);
  }
}
