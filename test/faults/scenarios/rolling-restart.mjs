export const about = 'three replicas are restarted one after the other while they are in use';
export const options = { replicas: 3, keepAlive: false };

export async function run(world) {
  world.start();
  const faults = [];
  await world.readiness.during('unclear', () =>
    world.forTheTime(async (n) => {
      const product = world.products[n % 3];
      // As a load balancer does: nothing new is sent to one that stops, or has not started yet.
      product.withdrawn = true;
      await world.pause(50, 300);
      const began = performance.now();
      const code = await product.stop();
      const ms = performance.now() - began;
      if (code !== 0 || ms > 10_000) faults.push(`${product.name} ended with ${code} after ${Math.round(ms)} ms`);
      await product.start();
      product.withdrawn = false;
      world.say(`${product.name} restarted`);
    }),
  );
  await world.readiness.during('unclear', () => world.recovered());
  const lost = [...world.journal.answers.keys()].filter((answer) => answer.match(/^(5|broken)/));
  return [
    { what: 'each ended in order within ten seconds', faults },
    { what: 'no request was lost or refused', faults: lost },
  ];
}
