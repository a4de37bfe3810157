import { anActor, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { startProduct, type Product } from '../support/product.js';

const READERS = 12;
const LISTS = 72;
const TASKS = 300;
const LENGTH = 50_000;

describe(`${LISTS} whole lists of ${(TASKS * LENGTH) / 1e6} MB at once, by ${READERS} users`, () => {
  let app: TestApp;
  let product: Product;
  const readers: TestActor[] = [];

  beforeAll(async () => {
    app = await TestApp.start();
    for (let i = 0; i < READERS; i++) readers.push(await anActor(app, 'manager'));
    const id = readers[0]?.id;
    await app.rows(sql`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'Long', repeat('x', ${LENGTH}::int), ${id}::int, ${id}::int, 1, now() FROM generate_series(1, ${TASKS}::int)`);
    // In a heap this small, the first rows of all that wait would exhaust it.
    product = await startProduct(
      {
        NODE_OPTIONS: '--max-old-space-size=256',
        ENVIRONMENT: 'test',
        SECRET_KEY: 'k'.repeat(40),
        RATE_LIMIT_ENABLED: 'false',
        DEMO_DATA: 'false',
      },
      { database: app.database } as Product,
    );
  }, 240_000);
  afterAll(async () => {
    await product?.stop();
    await app?.stop();
  });

  const get = (path: string, { token }: TestActor) =>
    fetch(product.url + path, { headers: { Authorization: `Bearer ${token}` } });

  /** Reads an answer to its end. @returns its status; `undefined` where it is no list and names no time to try again */
  async function read(path: string, reader: TestActor): Promise<number | undefined> {
    const answer = await get(path, reader);
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) void chunk;
    return answer.status === 200 || answer.headers.get('retry-after') ? answer.status : undefined;
  }

  it.each(['/api/tasks', '/api/tasks/export.csv'])(
    'are read in turns: those of %s that wait hold no rows',
    async (path) => {
      const lists = Array.from({ length: LISTS }, (_, i) => read(path, readers[i % READERS] as TestActor));
      const statuses = new Set(await Promise.all(lists));
      expect([...statuses].filter((status) => status !== 503 && status !== 429)).toEqual([200]);
      expect(product.child.exitCode).toBeNull();
      expect((await get('/api/auth/users/me', readers[0] as TestActor)).status).toBe(200);
    },
    120_000,
  );
});
