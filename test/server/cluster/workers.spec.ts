import { once } from 'node:events';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { connected } from '../../support/database.js';
import { startProduct, type Product } from '../../support/product.js';
import { figure, workerPids } from '../../support/workers.js';
import { waitFor } from '../../support/wait-for.js';

const PASSWORD = 'trial-demo-2026';
const ENV = {
  WORKERS: '2',
  SECRET_KEY: 'k'.repeat(40),
  RATE_LIMIT_ROLES: 'developer=40,auditor=1000',
  JOBS_ENABLED: 'false',
};
let product: Product;

beforeAll(async () => {
  product = await startProduct(ENV);
});
afterAll(() => product.stop());

/** One connection, which one worker answers as long as it is kept: so a spec talks to the one or to the other. */
class Kept {
  private socket: ReturnType<typeof connect> | undefined;

  async send(method: string, path: string, token?: string, body?: object) {
    const { hostname, port } = new URL(product.url);
    this.socket ??= connect(Number(port), hostname);
    const text = body ? JSON.stringify(body) : '';
    const headers = [
      ...[`${method} ${path} HTTP/1.1`, `Host: ${hostname}`, `Content-Length: ${Buffer.byteLength(text)}`],
      ...(token ? [`Authorization: Bearer ${token}`] : []),
      ...(body ? ['Content-Type: application/json'] : []),
    ];
    this.socket.write(`${headers.join('\r\n')}\r\n\r\n${text}`);
    let answer = '';
    for (;;) {
      const [data] = (await once(this.socket, 'data')) as [Buffer];
      answer += data.toString();
      const [head = '', rest = ''] = answer.split(/\r\n\r\n(.*)/s);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (length === undefined || Buffer.byteLength(rest) < Number(length)) continue;
      const remaining = Number(/ratelimit-remaining: (\d+)/i.exec(head)?.[1]);
      const body: unknown = /content-type: application\/\w*\+?json/i.test(head) ? JSON.parse(rest) : rest;
      return { status: Number(head.slice(9, 12)), body: body as never, remaining };
    }
  }

  end(): void {
    this.socket?.destroy();
  }
}

/** Connections go to workers in turn, so that two opened one after the other are at two workers. */
async function atBoth(work: (one: Kept, other: Kept) => Promise<void>): Promise<void> {
  const [one, other] = [new Kept(), new Kept()];
  try {
    await one.send('GET', '/health/live');
    await other.send('GET', '/health/live');
    await work(one, other);
  } finally {
    one.end();
    other.end();
  }
}

async function signIn(username: string): Promise<string> {
  const answer = await fetch(`${product.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  return ((await answer.json()) as { access: string }).access;
}

/** A connection that is kept may be one to a worker that was killed: then by another one. */
const metrics = async () => {
  const scrape = () => fetch(`${product.url}/metrics`);
  return (await scrape().catch(scrape)).text();
};
describe('two workers on one port', () => {
  it('both answer, and say in each line of the log which one it is', async () => {
    expect(product.output().match(/Serving on/g)).toHaveLength(1);
    expect(workerPids(product)).toHaveLength(2);
    await atBoth(async (one, other) => {
      const before = await cpu();
      for (let n = 0; n < 300; n++) await one.send('GET', '/health');
      const between = await cpu();
      for (let n = 0; n < 300; n++) await other.send('GET', '/health');
      const after = await cpu();
      const busiest = (a: number[], b: number[]) => b.map((ticks, i) => ticks - (a[i] ?? 0));
      const [first, second] = [busiest(before, between), busiest(between, after)];
      expect(first.indexOf(Math.max(...first))).not.toBe(second.indexOf(Math.max(...second)));
    });
  });

  it('count for one rate limit together', async () => {
    const token = await signIn('developer');
    await atBoth(async (one, other) => {
      const remaining = [];
      for (let n = 0; n < 4; n++)
        for (const kept of [one, other])
          remaining.push((await kept.send('GET', '/api/auth/users/me', token)).remaining);
      expect(remaining).toEqual([39, 38, 37, 36, 35, 34, 33, 32]);
    });
  });

  it('forget a session that ends at the other one before the log-out is answered', async () => {
    await atBoth(async (one, other) => {
      for (let n = 0; n < 20; n++) {
        const token = await signIn('auditor');
        expect((await other.send('GET', '/api/auth/users/me', token)).status).toBe(200);
        expect((await one.send('POST', '/api/auth/logout', token)).status).toBe(200);
        expect((await other.send('GET', '/api/auth/users/me', token)).status).toBe(401);
      }
    });
  });

  it('give a changed role effect on the next request at the other one', async () => {
    const [manager, developer] = [await signIn('manager'), await signIn('developer')];
    await atBoth(async (one, other) => {
      const { id } = (await one.send('GET', '/api/auth/users/me', developer)).body as { id: number };
      const seen = [];
      for (let n = 0; n < 6; n++) {
        const role = n % 2 === 0 ? 'auditor' : 'developer';
        expect((await one.send('PATCH', `/api/auth/users/${id}`, manager, { role, reason: 'a spec' })).status).toBe(
          200,
        );
        seen.push((await other.send('GET', '/api/audit/entries?limit=1', developer)).status);
      }
      expect(seen).toEqual([200, 403, 200, 403, 200, 403]);
    });
  });

  it('pass notifications to sockets of the other one', async () => {
    const [manager, developer] = [await signIn('manager'), await signIn('developer')];
    const address = `${product.url.replace('http', 'ws')}/ws/notifications/?token=${developer}`;
    const sockets = [new WebSocket(address), new WebSocket(address)];
    const heard = sockets.map(() => [] as string[]);
    sockets.forEach((socket, i) => socket.on('message', (data: Buffer) => heard[i]?.push(data.toString())));
    try {
      await Promise.all(sockets.map((socket) => once(socket, 'open')));
      await atBoth(async (one, other) => {
        const { id } = (await one.send('GET', '/api/auth/users/me', developer)).body as { id: number };
        const task = { estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: id };
        expect((await one.send('POST', '/api/tasks', manager, { ...task, title: 'From one' })).status).toBe(201);
        expect((await other.send('POST', '/api/tasks', manager, { ...task, title: 'From other' })).status).toBe(201);
      });
      const both = () => heard.every((texts) => ['From one', 'From other'].every((t) => texts.join().includes(t)));
      await waitFor(async () => both());
      expect(both()).toBe(true);
    } finally {
      sockets.forEach((socket) => socket.terminate());
    }
  });

  it('are in one scrape, also one that hangs, with its last figures', async () => {
    const series = 'http_request_duration_seconds_count{method="GET",route="/health",status="200"}';
    await atBoth(async (one, other) => {
      const start = figure(await metrics(), series) || 0;
      for (const kept of [one, other]) await kept.send('GET', '/health');
      const before = start + 2;
      await waitFor(async () => figure(await metrics(), series) === before);
      const [hanging] = workerPids(product);
      process.kill(hanging as number, 'SIGSTOP');
      try {
        // Whichever of them does not hang is the first to answer; 503 where the primary had no time for that.
        const scraped = async (kept: Kept): Promise<string> => {
          for (let left = 10; ; left--) {
            const { status, body } = await kept.send('GET', '/metrics');
            if (status === 200 || left === 0) return body as string;
          }
        };
        const body = await Promise.race([one, other].map(scraped));
        expect([figure(body, series), figure(body, 'ctms_workers')]).toEqual([before, 2]);
      } finally {
        process.kill(hanging as number, 'SIGCONT');
      }
    });
  });

  it('are in one scrape, also the counts of one that was killed', async () => {
    const series = 'http_request_duration_seconds_count{method="GET",route="/health",status="200"}';
    const before = figure(await metrics(), series) || 0;
    await atBoth(async (one, other) => {
      for (let n = 0; n < 5; n++) for (const kept of [one, other]) await kept.send('GET', '/health');
      // A worker that has no time is counted with its last figures.
      await waitFor(async () => figure(await metrics(), series) === before + 10);
      expect(figure(await metrics(), 'ctms_workers')).toBe(2);
    });
    process.kill(workerPids(product)[0] as number, 'SIGKILL');
    await waitFor(async () => figure(await metrics(), 'ctms_worker_deaths_total') === 1);
    await waitFor(async () => figure(await metrics(), series) === before + 10);
  });
});

describe('a worker that is killed amid writes', () => {
  it('loses nothing that was answered, and is replaced', async () => {
    const manager = await signIn('manager');
    const answered: number[] = [];
    let hung = 0;
    let going = true;
    const write = async () => {
      while (going) {
        const body = { title: 'Kept', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: 1 };
        const answer = await fetch(`${product.url}/api/tasks`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${manager}` },
          body: JSON.stringify(body),
          // A connection that was on its way to the worker that died must not keep its client waiting.
          signal: AbortSignal.timeout(10_000),
        }).catch((error: Error) => void (error.name === 'TimeoutError' && hung++));
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (answer?.status === 201) answered.push(((await answer.json().catch(() => ({}))) as { id?: number }).id ?? 0);
      }
    };
    await waitFor(async () => figure(await metrics(), 'ctms_workers') === 2);
    const writers = [1, 2, 3, 4].map(write);
    const [victim] = workerPids(product);
    try {
      await waitFor(async () => answered.length > 20);
      process.kill(victim as number, 'SIGKILL');
      const atDeath = answered.length;
      await waitFor(async () => answered.length > atDeath + 20);
      await waitFor(async () => figure(await metrics(), 'ctms_workers') === 2, 60_000);
    } finally {
      going = false;
      await Promise.all(writers);
    }
    expect(hung).toBe(0);
    expect(workerPids(product)).toHaveLength(2);
    expect(workerPids(product)).not.toContain(victim);
    const ids = answered.filter((id) => id > 0);
    const { rows } = await connected(product.database.ownerUrl, (client) =>
      client.query<{ tasks: number; noted: number }>(
        `SELECT (SELECT count(*)::int FROM tasks WHERE id = ANY($1)) AS tasks,
        (SELECT count(*)::int FROM audit_trail WHERE entity_type = 'task' AND entity_id = ANY($1) AND action = 'task.created') AS noted`,
        [ids],
      ),
    );
    expect(rows[0]).toEqual({ tasks: ids.length, noted: ids.length });
  }, 60_000);
});

/** Ticks of CPU of each worker. */
async function cpu(): Promise<number[]> {
  return workerPids(product).map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
}
