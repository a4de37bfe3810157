import { Client } from 'pg';
import { connected, databaseUrl } from '../support/database.js';
import { startProduct, type Product } from '../support/product.js';

const TASKS = 40_000;
const MB = 1e6;
const KEY = 'k'.repeat(40);

describe(`answers of ${TASKS} tasks`, () => {
  let product: Product;
  let token: string;

  beforeAll(async () => {
    // In a heap this small, any rows that were kept would exhaust it; in a larger one V8 postpones its collection.
    product = await startProduct({ NODE_OPTIONS: '--max-old-space-size=128', SECRET_KEY: KEY });
    const credentials = JSON.stringify({ username: 'manager', password: 'trial-demo-2026' });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${product.url}/api/auth/login`, { method: 'POST', headers, body: credentials });
    token = ((await answer.json()) as { access: string }).access;
    const client = new Client({ connectionString: databaseUrl(new URL(product.database.url).pathname.slice(1)) });
    await client.connect();
    const {
      rows: [index],
    } = await client.query<{ made: string }>(`SELECT pg_get_indexdef('task_texts_pieces_idx'::regclass) AS made`);
    await client.query('DROP INDEX task_texts_pieces_idx');
    await client.query(`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'Visit ' || n, repeat('Forms of visit ' || n || '. ', 20), u.id, u.id, 1, now()
      FROM generate_series(1, ${TASKS}) n, (SELECT min(id) AS id FROM users) u`);
    await client.query(index?.made ?? '');
    await client.query(`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, entity_name, changes)
      SELECT 'many', 'manager', 'task.updated', 'task', n, 'Visit ' || n,
        jsonb_build_object('description', jsonb_build_array('', repeat('Forms of visit ' || n || '. ', 10)), 'tags', '[[], [1]]'::jsonb)
      FROM generate_series(1, ${TASKS}) n`);
    await client.query('ANALYZE tasks, task_texts, audit_trail');
    await client.end();
    // Warm-up: loading and compiling do not grow with the length.
    await read('/api/tasks');
    await read('/api/audit/entries');
    await read('/api/tasks/export.csv');
  }, 240_000);
  afterAll(() => product.stop());

  const memory = async () => {
    const text = await (await fetch(`${product.url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  };

  /** Transactions of the product that read rows part by part, or wait to be asked for the next ones. */
  const readingParts = () =>
    connected(databaseUrl('postgres'), async (client) => {
      const { rows } = await client.query(
        `SELECT FROM pg_stat_activity WHERE datname = $1 AND state IN ('active', 'idle in transaction') AND query LIKE 'FETCH %'`,
        [new URL(product.database.url).pathname.slice(1)],
      );
      return rows.length;
    });

  /** Reads an answer to its end: the rows, as lines or objects, and the bytes. */
  async function read(path: string): Promise<{ bytes: number; text: string }> {
    const answer = await fetch(product.url + path, { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    let [bytes, text] = [0, ''];
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      text = text.slice(-200) + Buffer.from(chunk.slice(-200)).toString();
    }
    return { bytes, text };
  }

  it.each([
    ['/api/tasks', /\}\]$/],
    ['/api/tasks?sort=-deadline', /\}\]$/],
    ['/api/audit/entries', /\}\]$/],
    ['/api/tasks/export.csv', /\r?\n$/],
    ['/api/tasks/export.csv?q=forms', /\r?\n$/],
  ])(
    'streams %s in memory that does not grow with it',
    async (path, end) => {
      const before = await memory();
      let peak = before;
      const timer = setInterval(() => void memory().then((now) => (peak = Math.max(peak, now))), 100);
      const { bytes, text } = await read(path).finally(() => clearInterval(timer));
      expect(text).toMatch(end);
      expect(bytes).toBeGreaterThan(15 * MB);
      expect((peak - before) / MB).toBeLessThan(100);
    },
    60_000,
  );

  it('lets an answer take longer than a statement may', async () => {
    const hasty = await startProduct({ DATABASE_TIMEOUT_SECONDS: '10', SECRET_KEY: KEY }, product);
    const answer = await fetch(`${hasty.url}/api/tasks`, { headers: { Authorization: `Bearer ${token}` } });
    const started = performance.now();
    let [bytes, last] = [0, ''];
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      // Steady, but slow.
      if (Math.floor(bytes / MB) < Math.floor((bytes += chunk.length) / MB))
        await new Promise((next) => setTimeout(next, 500));
      last = (last + Buffer.from(chunk).toString('latin1')).slice(-2);
    }
    const took = performance.now() - started;
    await hasty.stop();
    expect(last).toBe('}]');
    expect(took).toBeGreaterThan(11_000);
  }, 60_000);

  it('sends the first rows before the last are read', async () => {
    const answer = await fetch(`${product.url}/api/tasks`, { headers: { Authorization: `Bearer ${token}` } });
    const reader = answer.body?.getReader();
    await reader?.read();
    const reading = await readingParts();
    for (let part = await reader?.read(); !part?.done; part = await reader?.read());
    expect([reading, await readingParts()]).toEqual([1, 0]);
  });
});
