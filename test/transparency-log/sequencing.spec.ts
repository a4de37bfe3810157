import fc from 'fast-check';
import { Client } from 'pg';
import sql from 'sql-template-tag';
import { type Statement } from '../../src/core/persistence/prepared-statements.js';
import { Database } from '../../src/infrastructure/database/database.js';
import { verifyConsistency, verifyInclusion, CompactRange } from '../../src/transparency-log/format/merkle.js';
import { consistencyProofs, inclusionProofs } from '../../src/audit/evidence/proofs.js';
import { CheckpointSigningKey } from '../../src/transparency-log/sequencing/checkpoint-signing-key.js';
import { latestCheckpoint } from '../../src/transparency-log/storage/stored-tree.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { sealer, someHistory, TABLES, verified } from '../support/seals.js';
import { waitFor } from '../support/wait-for.js';

const decoded = (hash: string) => Buffer.from(hash, 'base64');
const AUDIT_SIGNING_KEY = Buffer.alloc(32, 1).toString('base64');

let app: TestApp;
let manager: TestActor;

beforeAll(async () => {
  // One manager writes all at once here: within the share of a user, writes beyond it would wait for two seconds at most.
  app = await TestApp.start({ AUDIT_SIGNING_KEY, DATABASE_POOL_SIZE: '20', BUDGETS: 'requests.share=100' });
  manager = await anActor(app, 'manager');
});
afterAll(() => app.stop());

const ask = <R extends object>(statement: ReturnType<typeof sql>) => app.nest.get(Database).rows<R>(statement);
const places = async (which = sql`TRUE`) =>
  (
    await ask<{ position: string; entry_id: string }>(
      sql`SELECT position, entry_id FROM audit_seals WHERE ${which} ORDER BY position`,
    )
  ).map(({ position, entry_id }) => [Number(position), Number(entry_id)]);
const INSERT = `INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, changes)
  VALUES ('late', 'system', 'test.done', 'test', '{}') RETURNING id`;

async function connected(connectionString = app.url): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

describe('the transparency log', () => {
  it('introduces its key in an entry, which is sealed as well', async () => {
    expect(await sealer(app).integrate()).toBe(0);
    await as(manager).post('/api/tags', { name: 'first' });
    expect(await sealer(app).integrate()).toBe(1);
    expect(await sealer(app).integrate()).toBe(1);
    expect(await sealer(app).integrate()).toBe(0);
    const { signer } = app.nest.get(CheckpointSigningKey, { strict: false });
    const [entry] = await ask<{ entity_name: string; changes: object }>(
      sql`SELECT entity_name, changes FROM audit_trail WHERE action = 'key.introduced'`,
    );
    expect(entry).toMatchObject({ entity_name: signer.id, changes: { origin: [null, 'ctms/CTMS'] } });
    expect(await verified(app)).toMatchObject({ entries: 2, checkpoints: 2, keyId: signer.id, waiting: 0 });
  });

  it('seals each of 40 parallel writes, once', async () => {
    const before = (await places()).length;
    const { id } = (await as(manager).post('/api/tags', { name: 'many' })).body as { id: number };
    // No more at once than there are connections.
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all([
        ...Array.from({ length: 10 }, (_, i) => as(manager).patch(`/api/tags/${id}`, { name: `many ${round}.${i}` })),
        ...Array.from({ length: 3 }, () => sealer(app).integrate()),
      ]);
      expect(answers.filter((answer) => typeof answer !== 'number' && answer.status === 200)).toHaveLength(10);
    }
    await sealer(app).integrate();
    const entries = await ask(sql`SELECT FROM audit_trail WHERE action = 'tag.updated'`);
    expect([entries.length, (await places()).length - before]).toEqual([40, 41]);
    expect((await places()).map(([position]) => position)).toEqual(Array.from({ length: before + 41 }, (_, i) => i));
    await verified(app);
  });

  it('seals what was committed late, although later ids were sealed before', async () => {
    const [slow, slower, rolledBack] = [await connected(), await connected(), await connected()];
    const idOf = async (client: Client) => Number((await client.query<{ id: string }>(INSERT)).rows[0]?.id);
    await Promise.all([slow, slower, rolledBack].map((client) => client.query('BEGIN')));
    const ids = [await idOf(slow), await idOf(slower), await idOf(rolledBack)];
    await someHistory(app, 3);
    const [last = 0] = (await places()).at(-1) ?? [];
    // Looks during which the writers are still there, and one after each has gone.
    for (let i = 0; i < 3; i++) await sealer(app).integrate();
    await someHistory(app, 1);
    await slower.query('COMMIT');
    expect(await sealer(app).integrate()).toBe(1);
    for (let i = 0; i < 3; i++) await someHistory(app, 1);
    await slow.query('COMMIT');
    await rolledBack.query('ROLLBACK');
    for (let i = 0; i < 3; i++) await sealer(app).integrate();
    await Promise.all([slow, slower, rolledBack].map((client) => client.end()));
    expect(await places(sql`entry_id = ANY(${ids}::bigint[])`)).toEqual([
      [last + 2, ids[1]],
      [last + 6, ids[0]],
    ]);
    expect((await places()).map(([position]) => position)).toEqual(Array.from({ length: last + 7 }, (_, i) => i));
    await verified(app);
  });

  it('does not look at what is sealed for good, until it looks at everything again', async () => {
    for (let i = 0; i < 3; i++) await someHistory(app, 1);
    for (let i = 0; i < 2; i++) await sealer(app).integrate();
    const seals = (await places()).length;
    const [gap] = await ask<{ id: string }>(sql`SELECT max(g.id)::text AS id FROM generate_series(1,
      (SELECT max(id) FROM audit_trail)) AS g(id) WHERE NOT EXISTS (SELECT FROM audit_trail a WHERE a.id = g.id)`);
    // An id that was rolled back comes to life again: not even a superuser gets that past the tree unseen.
    await ask(sql`INSERT INTO audit_trail (id, actor_name, actor_role, action, entity_type, changes)
    OVERRIDING SYSTEM VALUE VALUES (${gap?.id}, 'x', 'system', 'test.done', 'test', '{}')`);
    await someHistory(app, 1);
    expect((await places()).length).toBe(seals + 1);
    const again = await TestApp.start({ AUDIT_SIGNING_KEY }, app);
    expect(await sealer(again).integrate()).toBe(1);
    await again.stop();
  });

  it('gives no position twice on two replicas, in any order', async () => {
    const other = await TestApp.start({ AUDIT_SIGNING_KEY }, app);
    const before = (await places()).length;
    const counts: number[] = [];
    for (let round = 0; round < 4; round++) {
      const write = (_: unknown, i: number) => as(manager).post('/api/tags', { name: `both ${round}.${i}` });
      const writes = Array.from({ length: 10 }, write);
      const looks = Array.from({ length: 10 }, (_, i) => sealer(i % 2 ? app : other).integrate());
      counts.push(...(await Promise.all(looks)));
      expect((await Promise.all(writes)).filter(({ status }) => status !== 201)).toEqual([]);
    }
    counts.push(await sealer(app).integrate(), await sealer(other).integrate());
    expect(counts.reduce((a, b) => a + b)).toBe(40);
    expect((await places()).map(([position]) => position)).toEqual(Array.from({ length: before + 40 }, (_, i) => i));
    await verified(app);
    await other.stop();
  });

  it('verifies however long that takes, while entries wait to be sealed', async () => {
    const lock = await connected(app.database.ownerUrl);
    await sealer(app).integrate();
    await lock.query('BEGIN; LOCK TABLE audit_checkpoints');
    await as(manager).post('/api/tags', { name: 'waits' });
    const verifying = verified(app, [], 20);
    await waitFor(async () => (await app.lockWaits()) === 1);
    await waitFor(async () => {
      const { rows } = await lock.query<{ age: number }>(
        `SELECT extract(epoch FROM clock_timestamp() - max(occurred_at))::float8 AS age FROM audit_trail`,
      );
      return (rows[0]?.age ?? 0) > 20;
    }, 40_000);
    await lock.query('COMMIT');
    expect(await verifying).toMatchObject({ waiting: 1 });
    await lock.end();
    await sealer(app).integrate();
  });

  it('signs no more with a key that was followed by another', async () => {
    const later = await TestApp.start({ AUDIT_SIGNING_KEY: Buffer.alloc(32, 2).toString('base64') }, app);
    await someHistory(later, 1);
    await sealer(later).integrate();
    await expect(someHistory(app, 1)).rejects.toThrow(/The signing key \w{8} was followed by \w{8}/);
    await sealer(later).integrate();
    expect(await verified(later)).toMatchObject({ waiting: 0 });
    await expect(verified(app)).rejects.toThrow('which is not the one that is configured here');
    await later.stop();
  });

  it('is immutable: no role changes, deletes or empties a table of it', async () => {
    const client = await connected(app.database.ownerUrl);
    const served = await connected();
    for (const table of [...TABLES, 'audit_departures']) {
      const columns = await client.query<{ column_name: string }>(
        `SELECT column_name FROM information_schema.columns WHERE table_name = '${table}' AND is_identity = 'NO' LIMIT 1`,
      );
      const column = columns.rows[0]?.column_name;
      for (const statement of [
        `UPDATE ${table} SET ${column} = ${column}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ])
        await expect(client.query(statement)).rejects.toThrow(`Records of ${table} are kept as they are`);
      await expect(served.query(`DELETE FROM ${table}`)).rejects.toThrow(`permission denied for table ${table}`);
    }
    await client.end();
    await served.end();
  });

  it('is the tree of the definition, with its proofs, however the entries came', async () => {
    const own = await TestApp.start({ AUDIT_SIGNING_KEY });
    const read = <R extends object>(statement: Statement) => own.nest.get(Database).rows<R>(statement);
    const roots: { size: number; root: Buffer }[] = [];
    const batches = fc.sample(fc.integer({ min: 1, max: 40 }), 15);
    for (const count of batches) {
      await someHistory(own, count);
      const tree = await latestCheckpoint(read);
      if (tree) roots.push(tree);
    }
    const leaves = await read<{ hash: Buffer }>(sql`SELECT leaf_hash AS hash FROM audit_seals ORDER BY position`);
    const pure = new CompactRange();
    const expected = leaves.map(({ hash }) => (pure.append(hash), pure.root));
    const last = roots.at(-1) as { size: number; root: Buffer };
    expect(last).toMatchObject({ size: leaves.length, root: pure.root });
    for (const old of roots) {
      expect(old.root).toEqual(expected[old.size - 1]);
      const [proof = []] = await consistencyProofs(read, [old.size], last.size);
      expect(verifyConsistency(old, last, proof.map(decoded))).toBe(true);
    }
    for (const position of fc.sample(fc.nat(leaves.length - 1), 50)) {
      const [proof = []] = await inclusionProofs(read, [position], last.size);
      expect(verifyInclusion(last, { position, hash: leaves[position]?.hash as Buffer }, proof.map(decoded))).toBe(
        true,
      );
    }
    await own.stop();
  });
});
