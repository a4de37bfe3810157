export const about = 'PostgreSQL is killed, whole or one of its processes, and started again';

export async function run(world) {
  world.start();
  const { postgres, readiness } = world;
  let [whole, single] = [0, 0];
  await world.forTheTime(async (n) => {
    await world.pause(500, 1500);
    if (n % 2 === 0) {
      await postgres.kill();
      whole++;
      await readiness.during('down', () => world.pause(1000, 3000));
      await readiness.during('unclear', async () => {
        await postgres.run();
        await world.recovered();
      });
    } else {
      await readiness.during('unclear', async () => {
        postgres.killBackend(world.random);
        single++;
        await world.pause(300);
        await world.recovered();
      });
    }
  });
  world.say(`killed ${whole} times, and ${single} times one of its processes`);
}
