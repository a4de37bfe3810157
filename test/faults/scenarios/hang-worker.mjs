export const about = 'with two workers, one of them stops without a word';
export const options = { env: { WORKERS: '2', WORKER_HANG_SECONDS: '2' } };

export async function run(world) {
  world.start();
  const [product] = world.products;
  product.expectedWorkerDeaths = 0;
  await world.readiness.during('unclear', async () => {
    await world.forTheTime(async () => {
      await world.pause(500, 1500);
      product.hangWorker(world.random);
      product.expectedWorkerDeaths++;
      // Another one may be stopped once both serve again.
      await world.pause(4500, 6000);
    });
    world.say(`${product.expectedWorkerDeaths} workers stopped`);
    await world.recovered();
  });
  await world.pause(500);
}
