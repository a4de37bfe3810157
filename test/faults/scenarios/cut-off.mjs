export const about = 'a proxy stops forwarding what is sent on open connections, resets them, or lets none pass';

export async function run(world) {
  world.start();
  const { proxy, readiness } = world;
  const done = { silent: 0, reset: 0, away: 0 };
  await world.forTheTime(async (n) => {
    await world.pause(500, 1500);
    const kind = Object.keys(done)[n % 3];
    done[kind]++;
    await readiness.during('unclear', async () => {
      if (kind === 'reset') proxy.reset();
      else proxy.stopForwarding();
    });
    if (kind === 'away') {
      proxy.silent = true;
      await readiness.during('down', () => world.pause(3000, 6000));
      proxy.silent = false;
    }
    await readiness.during('unclear', () => world.recovered());
  });
  world.say(`${done.silent} times nothing was forwarded on open connections, ${done.reset} times they were reset`);
  world.say(`${done.away} times nothing got through`);
}
