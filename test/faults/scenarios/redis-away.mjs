import { Redis } from '../services.mjs';

export const about = 'Redis is killed, paused and started again, while two replicas count rates in it';
export const unavailable = () => (Redis.installed ? undefined : 'this machine has no redis-server');

let redis;
export const options = {
  replicas: 2,
  env: async (i, world) => {
    if (i === 0) {
      redis = await Redis.start();
      world.cleanUp(() => redis.kill());
    }
    const limits = { RATE_LIMIT_PER_MINUTE: '1000000', RATE_LIMIT_ROLES: 'manager=1000000' };
    return { REDIS_URL: redis.url, RATE_LIMIT_ENABLED: 'true', ...limits, RATE_LIMIT_PUBLIC_PER_MINUTE: '1000000' };
  },
};

/** Limits are not shared without Redis; nothing else may change, readiness included. */
export async function run(world) {
  world.start();
  const times = await world.forTheTime(async (n) => {
    await world.pause(500, 1500);
    if (n % 2 === 0) {
      await redis.kill();
      await world.pause(1000, 3000);
      await redis.run();
    } else {
      redis.pause();
      await world.pause(1000, 3000);
      redis.resume();
    }
  });
  world.say(`Redis was away ${times} times`);
  const refused = world.journal.writes.filter(({ outcome }) => outcome !== 'acknowledged' && outcome !== 'refused');
  const answers = [...world.journal.answers.keys()].filter((answer) => answer.match(/^(5|429|broken)/));
  return [
    { what: 'no request was lost or refused for it', faults: [...answers, ...refused.map(({ id }) => id)] },
    { what: 'limits are shared again', faults: await shared(world) },
  ];
}

async function shared({ products }) {
  const text = await Promise.all(
    products.map(async ({ url }) => {
      for (const end = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
        const metrics = await (await fetch(`${url}/metrics`)).text();
        if (metrics.match(/^ctms_rate_limits_shared 1$/m)) return undefined;
        if (Date.now() > end) return `${url} does not share its limits after 30 s`;
      }
    }),
  );
  return text.filter(Boolean);
}
