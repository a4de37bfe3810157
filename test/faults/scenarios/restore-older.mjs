import { join } from 'node:path';

export const about = 'an older copy of the database is restored while the product runs';

export async function run(world) {
  world.start();
  const { clients, journal, postgres, readiness } = world;
  await world.pause(world.seconds * 300);
  const folder = join(world.folder, 'copy');
  let copied;
  await readiness.during('unclear', async () => {
    await clients.stop();
    await postgres.stop();
    postgres.copyTo(folder);
    copied = journal.copy();
    await postgres.run();
    await world.recovered();
  });
  clients.start(6);
  await world.pause(world.seconds * 400);
  await readiness.during('unclear', async () => {
    await clients.stop();
    await postgres.stop();
    postgres.replaceBy(folder);
    const lost = journal.restore(copied);
    world.say(`restored a copy that is older by ${lost.length} writes`);
    await postgres.run();
    await world.recovered();
  });
  clients.start(6);
  await world.pause(world.seconds * 300);
}
