export const about = 'all connections to the database are ended, again and again';

export async function run(world) {
  world.start();
  let ended = 0;
  await world.readiness.during('unclear', async () => {
    await world.forTheTime(async () => {
      ended += await world.postgres.terminateConnections();
      await world.pause(5, 150);
    });
    await world.recovered();
  });
  world.say(`${ended} connections ended`);
  await world.pause(500);
}
