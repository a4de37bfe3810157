import { loseWorkers } from '../lost-workers.mjs';

export const about = 'with two workers, one of them is killed at any moment';
export const options = { env: { WORKERS: '2' } };

export const run = (world) =>
  loseWorkers(world, async (product) => {
    await world.pause(700, 3000);
    product.killWorker(world.random);
  });
