export const about = 'with two workers, one of them is killed at any moment';
export const options = { env: { WORKERS: '2' } };

export async function run(world) {
  world.start();
  const [product] = world.products;
  product.expectedWorkerDeaths = 0;
  await world.readiness.during('unclear', async () => {
    await world.forTheTime(async () => {
      await world.pause(700, 3000);
      product.killWorker(world.random);
      product.expectedWorkerDeaths++;
    });
    world.say(`${product.expectedWorkerDeaths} workers killed`);
    await world.recovered();
  });
  await world.pause(500);
}
