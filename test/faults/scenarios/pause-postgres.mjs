export const about = 'PostgreSQL stops without a word, and goes on later';

export async function run(world) {
  world.start();
  const { postgres, readiness } = world;
  const times = await world.forTheTime(async () => {
    await world.pause(500, 1500);
    postgres.pause();
    try {
      // An answer that was already under way when it stopped may still arrive.
      await readiness.during('down', () => world.pause(3000, 6000), 500);
    } finally {
      postgres.resume();
    }
    await readiness.during('unclear', () => world.recovered());
  });
  world.say(`paused ${times} times`);
}
