import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Http } from '../http.mjs';

export const about = 'ten times the clients that saturate the product ask at once, and again when they are refused';
export const options = {
  // The load comes from one user.
  env: { BUDGETS: 'requests.share=100000' },
};

const LOAD = fileURLToPath(new URL('../load.mjs', import.meta.url));
const PATH = '/api/tasks?limit=20';
/** The fewest clients of these that reach nearly the best throughput saturate the product. */
const TRIED = [8, 16, 32];
const NEARLY = 0.9;
const ROUNDS = 3;
const LEAST_SHARE = 0.8;
/** Wanted on a quiet machine; on a busy one it is only reported. */
const WANTED_P99_MS = 2000;
/** One process accepts one connection in each turn of its event loop, so that some of so many wait in the kernel for seconds. */
const CROWD = 1500;
const PROBE_MS = 5000;

export async function run(world) {
  const seconds = Math.max(2, world.seconds / 2);
  const ask = (connections) =>
    load({
      port: world.products[0].port,
      path: PATH,
      token: world.clients.token,
      connections,
      seconds,
      warmUpSeconds: 1,
    });
  for (let n = 0; n < 20; n++) await world.clients.works();
  await ask(16);
  const saturating = await saturatingClients(world, ask);
  const probes = probe(world);
  const rounds = [];
  let before = await ask(saturating);
  for (let n = 0; n < ROUNDS; n++) {
    const result = await ask(saturating * 10);
    const after = await ask(saturating);
    // Beside those just before and after, for the machine may have other work to do.
    rounds.push({ result, best: (before.perSecond + after.perSecond) / 2 });
    before = after;
  }
  const late = await probes();
  const many = rounds.map(({ result }) => result);
  const share = median(rounds.map(({ result, best }) => result.perSecond / best));
  for (const { result, best } of rounds) world.say(describeRound(saturating * 10, result, best));
  const crowd = await ask(CROWD);
  world.say(`${describeRound(CROWD, crowd, before.perSecond)}; ${crowd.unanswered} not answered yet`);
  world.start();
  await world.recovered();
  const unanswered = many.flatMap((result) => (result.unanswered > 0 ? [`${result.unanswered} clients`] : []));
  return [
    {
      what: `ten times the load: at least ${LEAST_SHARE * 100} % of the best throughput`,
      faults: share < LEAST_SHARE ? [`${Math.round(share * 100)} %`] : [],
    },
    { what: 'ten times the load: every client is answered', faults: unanswered },
    { what: 'ten times the load: health and metrics answer', faults: late },
    {
      what: 'refusals carry Retry-After, and no connection breaks',
      faults: [...many, crowd].flatMap(({ faults }) =>
        Object.entries(faults).map(([what, times]) => `${what}: ${times}`),
      ),
    },
  ];
}

async function saturatingClients(world, ask) {
  const tries = [];
  for (const connections of TRIED) tries.push({ connections, ...(await ask(connections)) });
  const best = Math.max(...tries.map(({ perSecond }) => perSecond));
  const { connections } = tries.find(({ perSecond }) => perSecond >= best * NEARLY);
  world.say(`${connections} clients saturate it: ${Math.round(best)} answers a second`);
  return connections;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

function describeRound(connections, { perSecond, p50, p99, refusedPerSecond, refusedP99 }, best) {
  const [rate, share] = [Math.round(perSecond), Math.round((perSecond / best) * 100)];
  const accepted = `${rate} accepted a second (${share} % of the best), p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms`;
  const refused = `${Math.round(refusedPerSecond)} refused a second, p99 ${Math.round(refusedP99)} ms`;
  return `${connections} clients: ${accepted} (wanted: ${WANTED_P99_MS}); ${refused}`;
}

/** Asks for health and metrics until it is stopped. @returns stops it, and gives what was wrong */
function probe({ products: [{ url }] }) {
  const http = new Http(false);
  const faults = [];
  let stopped = false;
  const asking = (async () => {
    for (; !stopped; await sleep(200))
      for (const path of ['/health/live', '/health/ready', '/metrics']) {
        const { status, broken, ms } = await http.send(url, 'GET', path);
        if (status !== 200 || ms > PROBE_MS) faults.push(`${path}: ${broken ?? status} after ${Math.round(ms)} ms`);
      }
  })();
  return async () => {
    stopped = true;
    await asking;
    http.close();
    return faults;
  };
}

/** Runs one load in a process of its own. */
async function load(task) {
  const child = spawn(process.execPath, [LOAD], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(task));
  let text = '';
  for await (const data of child.stdout) text += data;
  if (!text) throw new Error('A load failed');
  return JSON.parse(text);
}
