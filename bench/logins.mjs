// Log-ins: how many against what bcrypt alone does, and what other requests feel of them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PASSWORD } from './dataset.mjs';
import { load } from './processes.mjs';

const CONNECTIONS = 4;
const COST = 12;
const run = promisify(execFile);
const request = {
  method: 'POST',
  path: '/api/auth/login',
  headers: { 'Content-Type': 'application/json' },
  // Another user: at most three sessions stay valid, and those of the load must.
  body: JSON.stringify({ username: 'developer2', password: PASSWORD }),
};

/** One round of each, in turns. */
export async function measureLogins({ url, connections, seconds, page }) {
  const hashes = async () => {
    const args = [new URL('hashes.mjs', import.meta.url).pathname, CONNECTIONS, seconds, COST].map(String);
    return JSON.parse((await run(process.execPath, args)).stdout);
  };
  const pages = (name) => load({ name, url, connections, seconds, requests: [page], status: 200 });
  const logins = (longer) =>
    load({
      name: 'log-ins',
      url,
      connections: CONNECTIONS,
      seconds: seconds + longer,
      requests: [request],
      status: 200,
    });
  const bare = await hashes();
  const alone = await logins(0);
  const quiet = await pages('pages without log-ins');
  const [beside, busy] = await Promise.all([
    logins(1),
    new Promise((resolve) => setTimeout(resolve, 500)).then(() => pages('pages beside log-ins')),
  ]);
  return {
    bare: bare.perSecond,
    logins: alone.perSecond,
    ofBare: alone.perSecond / bare.perSecond,
    beside: beside.perSecond,
    pages: quiet.perSecond,
    pagesBeside: busy.perSecond,
    p99: quiet.p99,
    p99Beside: busy.p99,
    timesP99: busy.p99 / Math.max(1, quiet.p99),
  };
}
