export const about = 'the database becomes read-only, and the product is started during that too';
export const options = { replicas: 2 };

export async function run(world) {
  world.start();
  await world.pause(500, 1500);
  await world.readiness.during('unclear', () => setReadOnly(world, true));
  await world.readiness.during('read_only', async () => {
    await world.pause(world.seconds * 500);
    const product = world.products.at(-1);
    world.say(`${product.name} is stopped and started while nothing can be written`);
    product.withdrawn = true;
    await product.stop();
    await product.start();
    product.withdrawn = false;
    await world.pause(world.seconds * 500);
  });
  await world.readiness.during('unclear', async () => {
    await setReadOnly(world, false);
    await world.recovered();
  });
  await world.pause(500);
}

async function setReadOnly(world, on) {
  const { postgres } = world;
  await postgres.query(
    'postgres',
    `ALTER DATABASE ${postgres.name} SET default_transaction_read_only = ${on ? 'on' : 'off'}`,
  );
  await postgres.terminateConnections();
  world.say(on ? 'the database is read-only' : 'the database can be written again');
}
