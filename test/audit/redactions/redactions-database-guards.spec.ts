import { join } from 'node:path';
import { Client } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { Database } from '../../../src/infrastructure/database/database.js';
import { redactOpenings, type EntryRow } from '../../../src/transparency-log/format/leaf.js';
import { ENTRY_LEAF_COLUMNS } from '../../../src/transparency-log/storage/stored-tree.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { copyOf, entriesIn, rehash, rewrite, runVerifier, takeEvidence, unpack } from '../../support/evidence.js';
import { aTask } from '../../support/factories.js';
import { approveInSecret } from '../../support/redactions.js';
import { sealer, verified } from '../../support/seals.js';

const SECRET = 'Subject 0471 is Erika Mustermann';
const WHY = 'Name of a trial subject, typed by accident';

describe('a redaction', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeEach(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterEach(() => app.stop());

  /** The task and the entry of a change that has the secret. */
  const mishap = async () => {
    const { id } = await aTask(app, manager.id, { title: 'Visit' });
    const change = { description: SECRET, status: 'in_progress' };
    await as(manager).patch(`/api/tasks/${id}`, change, { 'X-Change-Reason': `See ${SECRET}` });
    await app.flushed();
    const { body } = await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${id}`);
    return { task: id, entry: (body as { id: number }[])[0]?.id as number };
  };
  const ask = async (entry: number, fields: string[]) =>
    (await as(auditor).post(`/api/audit/entries/${entry}/redactions`, { fields, reason: WHY })).body as { id: number };

  describe('in the database', () => {
    /** With the rights of a superuser; the triggers stand. */
    const run = (text: string, values: unknown[] = []) => app.rows({ text, values } as unknown as Sql);
    /** As the role that serves. */
    const serve = (text: string, values: unknown[] = []) => app.nest.get(Database).pool.query(text, values);
    const trueOpenings = async (entry: number) => {
      const [row] = await app.rows<EntryRow>(
        sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE a.id = ${entry}`,
      );
      return redactOpenings(row as EntryRow, ['changes.description.1']);
    };
    const approved = async (opened?: object) => {
      const { entry } = await mishap();
      const redaction = (await ask(entry, ['description.after'])).id;
      await approveInSecret(app, redaction, manager.id, opened ?? (await trueOpenings(entry)));
      return { entry, redaction };
    };
    const openings = (path: string) => ({ salts: { reason: '0'.repeat(32) }, commitments: { [path]: '0'.repeat(64) } });

    it('nothing can be changed without an approved redaction', async () => {
      const { entry } = await mishap();
      await ask(entry, ['description.after']);
      for (const statement of [
        `UPDATE audit_trail SET changes = '{}' WHERE id = ${entry}`,
        `UPDATE task_history SET reason = NULL`,
        `UPDATE api_audit_logs SET request_body = NULL`,
        `DELETE FROM redactions`,
        `UPDATE redactions SET fields = '{reason}'`,
      ])
        await expect(run(statement)).rejects.toThrow(/kept as they are/);
      await expect(run(`SELECT redact_audit_entry(999)`)).rejects.toThrow(/no rows/);
      await expect(
        run(
          `UPDATE redactions SET status = 'approved', decided_by_id = requested_by_id, decided_by = 'x', decided_at = now()
            WHERE status = 'pending'`,
        ),
      ).rejects.toThrow(/four_eyes/);
    });

    it('nothing but what was approved can be taken out, even while it is', async () => {
      await mishap();
      const { entry, redaction } = await approved();
      const forged = JSON.stringify(openings('changes.description.1'));
      const gone = `changes = jsonb_set(changes, '{description,1}', 'null'), salt = NULL, openings = '${forged}'`;
      for (const statement of [
        `UPDATE audit_trail SET ${gone} WHERE id <> ${entry}`,
        `UPDATE audit_trail SET ${gone}, reason = NULL WHERE id = ${entry}`,
        `UPDATE audit_trail SET ${gone}, actor_name = 'nobody' WHERE id = ${entry}`,
        `UPDATE audit_trail SET ${gone}, occurred_at = now() WHERE id = ${entry}`,
        `UPDATE audit_trail SET ${gone.replace('null', '"another"')} WHERE id = ${entry}`,
        `UPDATE audit_trail SET reason = 'another' WHERE id = ${entry}`,
        `UPDATE task_history SET reason = 'another'`,
        `UPDATE api_audit_logs SET path = '/'`,
        `DELETE FROM audit_trail WHERE id = ${entry}`,
        `UPDATE redactions SET entry_id = 1 WHERE id = ${redaction}`,
      ])
        await expect(run(statement)).rejects.toThrow(/kept as they are/);
      for (const bad of [
        openings('reason'),
        { ...openings('changes.description.1'), more: 1 },
        { salts: {}, commitments: {} },
      ]) {
        const wrong = (await approved(bad)).redaction;
        await expect(serve('SELECT redact_audit_entry($1)', [wrong])).rejects.toThrow(/kept as they are/);
      }
    });

    it('the role that serves can have what was approved done, and nothing else', async () => {
      const { entry, redaction } = await approved();
      for (const [table, column] of Object.entries({
        audit_trail: 'reason',
        task_history: 'reason',
        api_audit_logs: 'path',
      }))
        for (const statement of [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`])
          await expect(serve(statement)).rejects.toThrow(/permission denied/);
      await expect(serve(`UPDATE redactions SET fields = '{reason}'`)).rejects.toThrow(/kept as they are/);
      await expect(serve('DELETE FROM redactions')).rejects.toThrow(/kept as they are/);
      await serve('SELECT redact_audit_entry($1)', [redaction]);
      const [gone] = await app.rows(sql`SELECT changes FROM audit_trail WHERE id = ${entry}`);
      expect(gone).toEqual({ changes: { description: ['', null], status: ['pending', 'in_progress'] } });
    });

    it('a table of the same name in the session of an intruder is not looked at', async () => {
      const client = new Client({ connectionString: app.database.ownerUrl });
      await client.connect();
      await client.query(`CREATE TEMP TABLE redactions AS SELECT * FROM public.redactions;
        UPDATE pg_temp.redactions SET status = 'approved', applied_at = NULL`);
      await expect(client.query(`UPDATE task_history SET reason = 'another'`)).rejects.toThrow(/kept as they are/);
      await client.end();
    });

    it('openings of other values are found by verifying, and so is a removal without an entry', async () => {
      const wrong = openings('changes.description.1');
      const { redaction } = await approved(wrong);
      await sealer(app).integrate();
      await serve('SELECT redact_audit_entry($1)', [redaction]).catch(() => undefined);
      await expect(verified(app)).rejects.toThrow(/is not as it was sealed|no entry says/);
    });
  });
});

describe('a redaction in a bundle', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let folder: string;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    const { id: task } = await aTask(app, manager.id);
    await as(manager).patch(`/api/tasks/${task}`, { description: SECRET });
    const [{ id }] = (await as(auditor).get('/api/audit/entries?action=task.updated')).body as [{ id: number }];
    const wanted = { fields: ['description.after'], reason: WHY };
    const { body } = await as(auditor).post(`/api/audit/entries/${id}/redactions`, wanted);
    await as(manager).post(`/api/audit/redactions/${(body as { id: number }).id}/approve`);
    folder = await unpack(await takeEvidence(auditor, `entity=task:${task}`));
  });
  afterAll(() => app.stop());

  const verify = (bundle: string) => runVerifier(join(folder, 'verify.mjs'), bundle);
  /** Findings in a copy whose entries were changed by an attacker who makes the rest fit. */
  const saidOf = async (change: (text: string) => string) => {
    const copy = copyOf(folder);
    rewrite(copy, 'entries.ndjson', change);
    rehash(copy);
    return (await verify(copy)).said;
  };

  it('comes with the entry of it, for any filter', async () => {
    expect(entriesIn(folder).map(({ leaf }) => leaf.action)).toEqual(['task.updated', 'entry.redacted']);
    expect((await verify(folder)).said).toMatch(/^OK {2}2 entries/);
    const [first] = entriesIn(folder);
    const to = new Date(Date.parse(first?.leaf.occurred_at ?? '') + 2).toISOString();
    const span = await unpack(await takeEvidence(auditor, `to=${to}`));
    expect(entriesIn(span).at(-1)?.leaf.action).toBe('entry.redacted');
    expect((await verify(span)).said).toMatch(/^OK/);
  });

  it('cannot be claimed without an entry of it', async () => {
    const copy = copyOf(folder);
    for (const name of ['entries.ndjson', 'proofs.ndjson']) rewrite(copy, name, (text) => `${text.split('\n')[0]}\n`);
    rehash(copy, (manifest) => (manifest.entries = { count: 1, first: 0, last: 0 }));
    expect((await verify(copy)).said).toMatch(/no entry of the trail says that "description\.after" was redacted/);
  });

  it('cannot be hidden, or laid at the door of another', async () => {
    expect(await saidOf((text) => text.replace(/"redacted":\[\{.*?\}\]/, '"redacted":[]'))).toContain(
      'lacks other values than those that are said to be redacted',
    );
    const approved = (name: string) => `"approved_by":"${name}"`;
    expect(await saidOf((text) => text.replace(approved(manager.username), approved('nobody')))).toContain(
      'no entry of the trail says',
    );
  });
});
