import { AT_ONCE } from '../support/app.js';
import { repeatedAfterWait } from '../support/attempts.js';
import { CommitProxy } from '../support/commit-proxy.js';
import { connected } from '../support/database.js';
import { startProduct, type Product } from '../support/product.js';
import { waitFor } from '../support/wait-for.js';

const PASSWORD = 'trial-demo-2026';

async function signIn(product: Product): Promise<string> {
  const answer = await fetch(`${product.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'manager', password: PASSWORD }),
  });
  return ((await answer.json()) as { access: string }).access;
}

/** The compared parts of an answer. */
interface CreatedTask {
  readonly status: number;
  readonly text: string;
  readonly etag: string | null;
  readonly replayed: string | null;
}

const create = (product: Product, token: string, title: string): Promise<CreatedTask> =>
  repeatedAfterWait(
    () => attempt(product, token, title),
    ({ text }) => text.includes('request_in_progress'),
  );

async function attempt(product: Product, token: string, title: string): Promise<CreatedTask> {
  const answer = await fetch(`${product.url}/api/tasks`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token}`,
      'Idempotency-Key': `"${title}"`,
    },
    body: JSON.stringify({ title, estimated_hours: 1, deadline: '2030-01-01T00:00:00Z', assigned_to: 2 }),
  });
  return {
    status: answer.status,
    text: await answer.text(),
    etag: answer.headers.get('ETag'),
    replayed: answer.headers.get('Idempotency-Replayed'),
  };
}

const effectsOf = (product: Product, title: string) =>
  connected(product.database.ownerUrl, async (client) => {
    const { rows } = await client.query<{ tasks: number; entries: number; notifications: number }>(
      `SELECT (SELECT count(*)::int FROM tasks WHERE title = $1) AS tasks,
        (SELECT count(*)::int FROM audit_trail WHERE action = 'task.created' AND entity_name = $1) AS entries,
        (SELECT count(*)::int FROM notifications n JOIN tasks t ON t.id = n.task_id WHERE t.title = $1) AS notifications`,
      [title],
    );
    return rows[0];
  });
const ONCE = { tasks: 1, entries: 1, notifications: 1 };

describe('Idempotency-Key over processes', () => {
  let keeper: Product;
  let token: string;

  beforeAll(async () => {
    keeper = await startProduct(AT_ONCE);
    token = await signIn(keeper);
  }, 60_000);
  afterAll(() => keeper.stop());

  it('brings the first answer where the process was killed between its commit and that answer', async () => {
    const proxy = await CommitProxy.before(keeper.database.url);
    const victim = await startProduct({ DATABASE_URL: proxy.url }, keeper);
    try {
      proxy.breakAt('Killed', 'silence');
      const lost = create(victim, token, 'Killed');
      const failed = expect(lost).rejects.toThrow();
      await waitFor(() => proxy.silent === 1);
      await victim.kill();
      await failed;
      // It was committed, and the answer was lost.
      expect(await effectsOf(keeper, 'Killed')).toEqual(ONCE);
      const again = await create(keeper, token, 'Killed');
      expect(again).toMatchObject({ status: 201, etag: '"1"', replayed: 'true' });
      expect(JSON.parse(again.text)).toMatchObject({ title: 'Killed', version: 1, assigned_to: 2 });
      expect(await create(keeper, token, 'Killed')).toEqual(again);
      expect(await effectsOf(keeper, 'Killed')).toEqual(ONCE);
    } finally {
      await victim.kill();
      proxy.close();
    }
  }, 90_000);

  it('makes one change of twenty attempts at once at two of them, and gives twenty equal answers', async () => {
    const other = await startProduct(AT_ONCE, keeper);
    try {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => create(i % 2 ? other : keeper, token, 'Twenty')),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ text, etag }) => `${etag} ${text}`)).size).toBe(1);
      expect(answers.filter(({ replayed }) => replayed === null)).toHaveLength(1);
      expect(await effectsOf(keeper, 'Twenty')).toEqual(ONCE);
    } finally {
      await other.stop();
    }
  }, 90_000);
});
