import { Socket } from 'node:net';
import { Client } from 'pg';
import sql from 'sql-template-tag';
import { systemPrincipal } from '../../src/core/authorization/actor.js';
import { UnitOfWork } from '../../src/core/persistence/unit-of-work.js';
import { Database } from '../../src/infrastructure/database/database.js';
import { Tag } from '../../src/tasks/tags/tag.entity.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { AT_ONCE, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('transactions', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  const author = systemPrincipal('spec');

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());
  afterEach(() => jest.restoreAllMocks());

  const draft = () => ({ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id });

  /** Records the statements of a request's transaction and the number of packets. */
  async function sent(ask: () => Promise<{ status: number }>) {
    // So often that each connection of the pool has met the statements.
    for (let i = 0; i < 3; i++) expect((await ask()).status).toBeLessThan(300);
    await app.flushed();
    const query = jest.spyOn(Client.prototype, 'query');
    const packets = [jest.spyOn(Socket.prototype, '_write'), jest.spyOn(Socket.prototype, '_writev' as never)];
    expect((await ask()).status).toBeLessThan(300);
    // The server reads for itself now and then, on whichever connection is idle: what counts begins with the BEGIN.
    const first = query.mock.calls.findIndex(([text]) => textOf(text) === 'BEGIN');
    const client = query.mock.contexts[first];
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    const own = query.mock.calls.flatMap(([text], i) =>
      i >= first && query.mock.contexts[i] === client ? [{ text, at: query.mock.invocationCallOrder[i] ?? 0 }] : [],
    );
    const end = own.findIndex(({ text }) => textOf(text) === 'COMMIT') + 1;
    const statements = own.slice(0, end).map(({ text }) => text);
    // Bytes after the COMMIT belong to the next borrower of the connection.
    const [begun, over] = [own[0]?.at ?? Infinity, own[end]?.at ?? Infinity];
    const written = packets.flatMap((spy) =>
      spy.mock.contexts.filter((socket, i) => {
        const at = spy.mock.invocationCallOrder[i] ?? 0;
        return socket === stream && at > begun && at < over;
      }),
    );
    return {
      statements: statements.map((statement) => kindOf(textOf(statement))),
      unprepared: statements.filter((statement) => !(statement as { name?: string }).name).length,
      packets: written.length,
    };
  }
  const textOf = (statement: unknown) => (statement as { text: string }).text;
  const kindOf = (text: string) =>
    /^(BEGIN|COMMIT)/.exec(text)?.[0] ??
    (/^(INSERT INTO|UPDATE|DELETE FROM) "?\w+/.exec(text)?.[0] ?? 'SELECT').replace('"', '');

  it('make a task in four statements', async () => {
    const { statements, unprepared, packets } = await sent(() => as(manager).post('/api/tasks', draft()));
    expect(statements).toEqual([
      ...['BEGIN', 'INSERT INTO tasks'],
      ...['INSERT INTO notifications', 'INSERT INTO audit_trail', 'SELECT', 'COMMIT'],
    ]);
    expect({ unprepared, packets }).toEqual({ unprepared: 2, packets: 2 });
  });

  it('make a task under an Idempotency-Key in two more, the first with BEGIN and the last with COMMIT', async () => {
    let count = 0;
    const { statements, unprepared, packets } = await sent(() =>
      as(manager).post('/api/tasks', draft(), { 'Idempotency-Key': `counted-${++count}` }),
    );
    expect(statements).toEqual([
      ...['BEGIN', 'INSERT INTO idempotency_keys', 'INSERT INTO tasks'],
      ...['INSERT INTO notifications', 'INSERT INTO audit_trail', 'SELECT', 'UPDATE idempotency_keys', 'COMMIT'],
    ]);
    expect({ unprepared, packets }).toEqual({ unprepared: 2, packets: 4 });
  });

  it('change the status of a task in seven', async () => {
    const { id } = await aTask(app, developer.id);
    let count = 0;
    const { statements, unprepared, packets } = await sent(() =>
      as(manager).patch(`/api/tasks/${id}`, { status: count++ % 2 ? 'pending' : 'in_progress' }),
    );
    expect(statements).toEqual([
      ...['BEGIN', 'SELECT', 'UPDATE tasks', 'INSERT INTO task_history'],
      ...['INSERT INTO notifications', 'SELECT', 'INSERT INTO audit_trail', 'SELECT', 'COMMIT'],
    ]);
    expect({ unprepared, packets }).toEqual({ unprepared: 2, packets: 3 });
  });

  it('change the status of a hundred tasks in six, as that of one', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 100; i++) ids.push((await aTask(app, developer.id)).id);
    let count = 0;
    const change = (task_ids: number[]) => () =>
      as(manager).post('/api/tasks/bulk-update', { task_ids, status: count++ % 2 ? 'pending' : 'in_progress' });
    const many = await sent(change(ids));
    expect(many.statements).toEqual([
      ...['BEGIN', 'SELECT', 'UPDATE tasks', 'INSERT INTO task_history'],
      ...['INSERT INTO notifications', 'SELECT', 'INSERT INTO audit_trail', 'COMMIT'],
    ]);
    expect(many.unprepared).toBe(2);
    const prepared = async () => (await sent(change(ids.slice(0, 1)))).statements;
    expect(await prepared()).toEqual(many.statements);
  });

  it('fail with the error of an enqueued statement, and change nothing', async () => {
    const change = app.nest.get(UnitOfWork);
    const failing = change.run(author, async (tx) => {
      await tx.insert(Tag, [{ name: 'never' }]);
      tx.enqueue(sql`SELECT 1 / ${0}::int`);
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await app.rows(sql`SELECT FROM tags WHERE name = 'never'`)).toEqual([]);
  });

  it('report the first error, not its consequences', async () => {
    const failing = app.nest.get(UnitOfWork).run(author, async (tx) => {
      tx.enqueue(sql`SELECT 1 / ${0}::int`);
      await tx.query(sql`SELECT 1`);
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
  });

  it('fail with the error of the response statement, and change nothing', async () => {
    const failing = app.nest.get(UnitOfWork).run(
      author,
      (tx) => tx.insert(Tag, [{ name: 'unanswered' }]),
      (tx) => tx.query(sql`SELECT 1 / ${0}::int`),
    );
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await app.rows(sql`SELECT FROM tags WHERE name = 'unanswered'`)).toEqual([]);
  });

  it('respond with the work as the last statement sees it', async () => {
    const answer = app.nest.get(UnitOfWork).run(
      author,
      async (tx) => (await tx.insert(Tag, [{ name: 'answered' }]))[0]?.id,
      (tx, id) => tx.query<Tag>(sql`SELECT name FROM tags WHERE id = ${id}`),
    );
    expect(await answer).toEqual([{ name: 'answered' }]);
  });

  it('are retried where an enqueued statement collided with another transaction', async () => {
    await app.rows(sql`CREATE SEQUENCE collisions`);
    await app.rows(sql`CREATE FUNCTION collide_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      IF nextval('public.collisions') = 1 THEN RAISE EXCEPTION 'met another' USING ERRCODE = '40P01'; END IF;
      RETURN NEW; END $$`);
    await app.rows(
      sql`CREATE TRIGGER collide BEFORE INSERT ON task_history FOR EACH ROW EXECUTE FUNCTION collide_once()`,
    );
    await app.grant();
    const { id } = await aTask(app, developer.id);
    expect((await as(manager).patch(`/api/tasks/${id}`, { status: 'blocked' })).status).toBe(200);
    const [found] = await app.rows<{ n: number }>(
      sql`SELECT count(*)::int AS n FROM audit_trail WHERE entity_type = 'task' AND entity_id = ${id}`,
    );
    expect(found).toEqual({ n: 1 });
    await app.rows(sql`DROP TRIGGER collide ON task_history`);
  });

  it('release connections on which a cursor can read', async () => {
    const database = app.nest.get(Database);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        app.nest.get(UnitOfWork).run(author, (tx) => tx.query(sql`SELECT pg_sleep(0.01)`)),
      ),
    );
    const batches = await Promise.all(
      Array.from({ length: 10 }, async (_, reader) => {
        let rows = 0;
        for await (const batch of database.stream(sql`SELECT generate_series(1, 1200)`, reader)) rows += batch.length;
        return rows;
      }),
    );
    expect(new Set(batches)).toEqual(new Set([1200]));
  });

  it('fail with a lost connection, and change nothing', async () => {
    const failing = app.nest.get(UnitOfWork).run(author, async (tx) => {
      await tx.insert(Tag, [{ name: 'cut off' }]);
      const [own] = await tx.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      await app.rows(sql`SELECT pg_terminate_backend(${own?.pid})`);
      tx.enqueue(sql`SELECT 1`);
    });
    await expect(failing).rejects.toBeInstanceOf(Error);
    expect(await app.rows(sql`SELECT FROM tags WHERE name = 'cut off'`)).toEqual([]);
    expect((await as(manager).post('/api/tasks', draft())).status).toBe(201);
  });

  const preparedOn = (client: object) =>
    Object.keys((client as { connection: { parsedStatements: object } }).connection.parsedStatements).length;

  it.each(['reads', 'changes'])(
    'are busy where a pooler lost what was prepared, once a connection: %s',
    async (kind) => {
      // An app of its own: its connections go on refusing one request each.
      const pooled = await TestApp.start(AT_ONCE, app);
      const caller = { ...manager, app: pooled };
      const ask = () =>
        kind === 'reads' ? as(caller).get('/api/tasks?limit=1') : as(caller).post('/api/tasks', draft());
      const burst = () => Promise.all(Array.from({ length: 20 }, ask));
      const { pool } = pooled.nest.get(Database);
      const size = pool.options.max ?? 10;
      const refused: Awaited<ReturnType<typeof ask>>[] = [];
      // Background work of the server may use the connection first.
      for (let attempt = 0; attempt < 10 && refused.length === 0; attempt++) {
        await burst();
        const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
        // The one that goes back last is the next to be lent: one that has prepared something.
        clients.sort((a, b) => preparedOn(a) - preparedOn(b));
        for (const client of clients) await client.query('DEALLOCATE ALL');
        clients.forEach((client) => client.release());
        for (let i = 0; i < 5; i++) refused.push(...(await burst()).filter(({ status }) => status >= 300));
      }
      await pooled.stop();
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThanOrEqual(size);
      for (const { status, body, headers } of refused) {
        expect([status, body.code, headers['retry-after']]).toEqual([503, 'busy', '1']);
      }
    },
  );
});
