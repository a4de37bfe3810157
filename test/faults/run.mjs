// npm run test:faults [-- --seed N --only NAME,NAME --seconds N --together --hostile N --list]
// Does to the product what happens to servers, while clients write, and then compares what is there with what was acknowledged.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check, firstOf } from './checks.mjs';
import { World } from './world.mjs';

const SCENARIOS = new URL('scenarios/', import.meta.url);
const HOSTILE_REQUESTS = '20000';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    seconds: { type: 'string', default: '10' },
    only: { type: 'string' },
    together: { type: 'boolean', default: false },
    hostile: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const seconds = Number(values.seconds);
const print = (line) => process.stdout.write(`${line}\n`);

async function scenarios() {
  const files = readdirSync(SCENARIOS).filter((name) => name.endsWith('.mjs'));
  const all = files.sort().map((name) => name.replace('.mjs', ''));
  const wanted = values.only?.split(',').filter(Boolean) ?? all;
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return Promise.all(wanted.map(async (name) => ({ name, ...(await import(new URL(`${name}.mjs`, SCENARIOS).href)) })));
}

/** Performs one after the other in one world, and then checks it. @returns the names of what failed */
async function perform(chosen, number) {
  const world = new World(seed + number, seconds, print);
  open.add(world);
  try {
    await world.open(chosen[0].options);
    const own = [];
    for (const { name, about, run } of chosen) {
      print(`\n== ${name}: ${about} (seed ${seed})`);
      own.push(...((await run(world)) ?? []));
    }
    await world.clients.stop();
    world.say(summary(world.journal));
    return report([...own, ...(await check(world))]);
  } catch (error) {
    print(`  FAILED  ${error.stack}`);
    print(world.products.map(({ name: replica, output }) => `--- ${replica}\n${output.slice(-4000)}`).join('\n'));
    return ['it ran to its end'];
  } finally {
    await world.close();
    open.delete(world);
  }
}

/** Checks that the machine can run it; the report says why where it cannot. */
function isAvailable({ name, unavailable }) {
  const reason = unavailable?.();
  if (reason) print(`\n== ${name}: SKIPPED, ${reason}`);
  return !reason;
}

function summary({ answers, reads, writes }) {
  const of = (outcome) => writes.filter((write) => write.outcome === outcome).length;
  const [done, refused, unknown] = ['acknowledged', 'refused', 'unknown'].map(of);
  const by = [...answers].sort(([, a], [, b]) => b - a).map(([answer, times]) => `${answer}: ${times}`);
  return `${done} writes acknowledged, ${refused} refused, ${unknown} unknown, ${reads} reads; ${by.join(', ')}`;
}

function report(checks) {
  for (const { what, faults } of checks) {
    print(`  ${faults.length === 0 ? 'ok      ' : 'FAILED  '}${what}`);
    for (const fault of firstOf(faults)) print(`            ${fault}`);
  }
  return checks.filter(({ faults }) => faults.length > 0).map(({ what }) => what);
}

/** The spec of hostile requests, at a number that takes minutes. @returns whether it passed */
function hostileRequests(number) {
  print(`\n== hostile-requests: ${number} requests that no client would send (HOSTILE_SEED=${seed})`);
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const spec = ['--config', 'test/jest.config.mjs', 'test/server/hostile-requests.slow.spec.ts', '-w', '1'];
  const env = { ...process.env, HOSTILE_REQUESTS: number, HOSTILE_SEED: String(seed) };
  const child = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...spec], { cwd, env, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)));
}

const open = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    for (const world of open) await world.close();
    process.exit(1);
  });

const chosen = await scenarios();
if (values.list) {
  for (const { name, about } of chosen) print(`${name.padEnd(24)}${about}`);
  process.exit(0);
}
print(`seed ${seed}, ${seconds} s of each; repeat with --seed ${seed}`);
const available = chosen.filter(isAvailable);
const failed = [];
for (const [number, scenarios] of (values.together ? [available] : available.map((each) => [each])).entries()) {
  const faults = await perform(scenarios, number);
  const names = scenarios.map(({ name }) => name).join(', ');
  if (faults.length > 0) failed.push(`${names}: ${faults.join('; ')}`);
}
const hostile = values.hostile ?? (values.only ? '0' : HOSTILE_REQUESTS);
if (Number(hostile) > 0 && !(await hostileRequests(hostile))) failed.push('hostile-requests');
print(`\n${failed.length === 0 ? 'OK: everything is as it was acknowledged' : `FAILED\n${failed.join('\n')}`}`);
process.exit(failed.length === 0 ? 0 : 1);
