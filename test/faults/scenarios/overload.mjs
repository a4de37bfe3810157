import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Http } from '../http.mjs';

export const about = 'ten times the clients that saturate the product ask at once, and again when they are refused';
export const options = {
  // The load comes from one user.
  env: { BUDGETS: 'requests.share=100000', LOG_LEVEL: 'warn' },
};

const LOAD = fileURLToPath(new URL('../load.mjs', import.meta.url));
const PATH = '/api/tasks?limit=20';
/** So many clients at once are tried for the best throughput. */
const TRIED = [8, 16, 40];
const SATURATING = 40;
const TIMES = [10, 37];
const LEAST_SHARE = 0.8;
/** Wanted on a quiet machine; on a busy one it is only reported. */
const WANTED_P99_MS = 2000;
const PROBE_MS = 5000;

export async function run(world) {
  const { clients } = world;
  const ask = (connections, seconds = world.seconds, warmUpSeconds = 1) =>
    load({ port: world.products[0].port, path: PATH, token: clients.token, connections, seconds, warmUpSeconds });
  for (let n = 0; n < 20; n++) await clients.works();
  await ask(16, 2);
  const checks = [];
  const best = async () => {
    const tries = [];
    for (const connections of TRIED) tries.push(await ask(connections, Math.max(2, world.seconds / 3)));
    return Math.max(...tries.map(({ perSecond }) => perSecond));
  };
  let before = await best();
  for (const times of TIMES) {
    const connections = SATURATING * times;
    const probes = probe(world);
    const result = await ask(connections, world.seconds, 2);
    const faults = await probes();
    const after = await best();
    const share = result.perSecond / ((before + after) / 2);
    before = after;
    world.say(
      `${connections} clients: ${Math.round(result.perSecond)} accepted a second (${Math.round(share * 100)} % of the best), ` +
        `p50 ${Math.round(result.p50)} ms, p99 ${Math.round(result.p99)} ms (wanted: ${WANTED_P99_MS}); ` +
        `${Math.round(result.refusedPerSecond)} refused a second, p99 ${Math.round(result.refusedP99)} ms`,
    );
    const odd = [...Object.entries(result.faults).map(([what, count]) => `${what}: ${count} times`)];
    if (result.hung > 0) odd.push(`${result.hung} clients were never answered`);
    const little = share < LEAST_SHARE ? [`${Math.round(share * 100)} %`] : [];
    checks.push(
      { what: `${connections} clients: at least ${LEAST_SHARE * 100} % of the best throughput`, faults: little },
      { what: `${connections} clients: refusals carry Retry-After, and no connection breaks`, faults: odd },
      { what: `${connections} clients: health and metrics answer within ${PROBE_MS / 1000} s`, faults },
    );
  }
  world.start();
  await world.recovered();
  return checks;
}

/** Asks for health and metrics until it is stopped. @returns stops it, and gives what was wrong */
function probe({ products: [{ url }] }) {
  const http = new Http(false);
  const faults = [];
  let stopped = false;
  const asking = (async () => {
    while (!stopped)
      for (const path of ['/health/live', '/health/ready', '/metrics']) {
        const { status, broken, ms } = await http.send(url, 'GET', path);
        if (status !== 200 || ms > PROBE_MS) faults.push(`${path}: ${broken ?? status} after ${Math.round(ms)} ms`);
        await new Promise((resolve) => setTimeout(resolve, 200));
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
