import { loseWorkers } from '../lost-workers.mjs';

export const about = 'with two workers, one of them stops without a word';
export const options = { env: { WORKERS: '2', WORKER_HANG_SECONDS: '2' } };

export const run = (world) =>
  loseWorkers(world, async (product) => {
    await world.pause(500, 1500);
    product.hangWorker(world.random);
    // Another one may be stopped once both serve again.
    await world.pause(4500, 6000);
  });
