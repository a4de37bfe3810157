export const about = 'the product is killed at any moment, and started again';

export async function run(world) {
  world.start();
  const [product] = world.products;
  await world.readiness.during('unclear', async () => {
    const times = await world.forTheTime(async () => {
      await world.pause(300, 2000);
      await product.kill();
      await product.start();
    });
    world.say(`killed and started ${times} times`);
    await world.recovered();
  });
  await world.pause(500);
}
