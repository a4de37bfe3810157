/**
 * Loses workers of the product, one after the other, for as long as the scenario goes on.
 *
 * @param lose pauses, and ends or stops one worker of the product
 */
export async function loseWorkers(world, lose) {
  world.start();
  const [product] = world.products;
  product.expectedWorkerDeaths = 0;
  await world.readiness.during('unclear', async () => {
    await world.forTheTime(async () => {
      product.expectedWorkerDeaths++;
      await lose(product);
    });
    world.say(`${product.expectedWorkerDeaths} workers lost`);
    await world.recovered();
  });
  await world.pause(500);
}
