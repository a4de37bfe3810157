import { Agent, request } from 'node:http';
import { startProduct, type Product } from '../../support/product.js';
import { waitFor } from '../../support/wait-for.js';
import { workerPids } from '../../support/workers.js';

const PASSWORD = 'trial-demo-2026';
const ENV = { WORKERS: '2', SECRET_KEY: 'k'.repeat(40), JOBS_ENABLED: 'false' };

/** Sends a request on a connection that is kept, and so to the same worker each time. */
function send(product: Product, agent: Agent, method: string, path: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    const sent = request(product.url + path, { method, agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject).end();
  });
}

async function signIn(product: Product): Promise<string> {
  const answer = await fetch(`${product.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'developer', password: PASSWORD }),
  });
  return ((await answer.json()) as { access: string }).access;
}

describe('a worker that listens and does not serve yet', () => {
  it('forgets a session that ends at another one before the log-out is answered', async () => {
    const own = await startProduct({ ...ENV, NODE_OPTIONS: `--import ${THIRD_ONLY_LISTENS}` });
    const agents = Array.from({ length: 4 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    try {
      process.kill(workerPids(own)[0] as number, 'SIGKILL');
      await waitFor(() => own.output().includes('Worker 3 listens'));
      for (const leaving of agents) {
        const token = await signIn(own);
        for (const agent of agents) expect(await send(own, agent, 'GET', '/api/auth/users/me', token)).toBe(200);
        expect(await send(own, leaving, 'POST', '/api/auth/logout', token)).toBe(200);
        for (const agent of agents) expect(await send(own, agent, 'GET', '/api/auth/users/me', token)).toBe(401);
      }
    } finally {
      agents.forEach((agent) => agent.destroy());
      await own.stop();
    }
  }, 60_000);
});

/** Preload with which the first replacement never reports that it serves, and hears of changed sessions from the primary alone. */
const THIRD_ONLY_LISTENS = `data:text/javascript,${encodeURIComponent(`
  import c from 'node:cluster';
  import { createRequire } from 'node:module';
  if (c.worker?.id === 3) {
    const { Client } = createRequire(process.cwd() + '/package.json')('pg');
    const { emit } = Client.prototype;
    Client.prototype.emit = function (name, ...rest) {
      return name === 'notification' && rest[0].channel === 'ctms_access' ? true : emit.call(this, name, ...rest);
    };
    const send = process.send.bind(process);
    process.send = (message, ...rest) => {
      if (message.rpc?.m !== 'serving') return send(message, ...rest);
      console.error('Worker 3 listens');
      return true;
    };
  }
`)}`;
