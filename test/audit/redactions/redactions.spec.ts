import { join } from 'node:path';
import sql, { raw } from 'sql-template-tag';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { manifestIn, read, runVerifier, takeEvidence, unpack } from '../../support/evidence.js';
import { sealer, verified } from '../../support/seals.js';

let subjects = 1000;
const WHY = 'Name of a trial subject, typed by accident';

interface Entry {
  readonly id: number;
  readonly occurred_at: string;
  readonly sentence: string;
  readonly changes: Record<string, [unknown, unknown]>;
  readonly reason: string | null;
  readonly redacted: { field: string; at: string }[];
}

describe('redaction', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let other: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    other = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  const entriesOf = async (type: string, id: number) =>
    ((await as(auditor).get(`/api/audit/entries?entity_type=${type}&entity_id=${id}`)).body as Entry[]).reverse();
  const ask = (id: number, fields: string[], reason = WHY, who = auditor) =>
    as(who).post(`/api/audit/entries/${id}/redactions`, { fields, reason });
  const redact = async (id: number, fields: string[]) => {
    const { body } = await ask(id, fields);
    expect((await as(manager).post(`/api/audit/redactions/${body.id}/approve`)).status).toBe(200);
  };
  /** A task whose description had a secret of its own for a while. */
  const mishap = async () => {
    const draft = { title: 'Visit', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id };
    const { id } = (await as(manager).post('/api/tasks', draft)).body as { id: number };
    const secret = `Subject ${++subjects} is Erika Mustermann`;
    const why = { 'X-Change-Reason': `See ${secret}` };
    await as(manager).patch(`/api/tasks/${id}`, { description: secret, status: 'in_progress' }, why);
    await as(manager).patch(`/api/tasks/${id}`, { description: 'Subject 0471' });
    await app.flushed();
    const [, typed, corrected] = (await entriesOf('task', id)) as [Entry, Entry, Entry];
    return { id, secret, typed, corrected };
  };
  const leaves = async () =>
    (
      await app.rows<{ leaf: string }>(sql`SELECT encode(leaf_hash, 'hex') AS leaf
    FROM audit_seals ORDER BY position`)
    ).map(({ leaf }) => leaf);
  /** Tables in which a text stands somewhere. */
  const tablesWith = async (text: string) => {
    const tables = await app.rows<{ name: string }>(sql`SELECT format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')`);
    const found = [];
    for (const { name } of tables) {
      const rows = await app.rows(sql`SELECT FROM ${raw(name)} t WHERE strpos(t::text, ${text}) > 0`);
      if (rows.length > 0) found.push(name);
    }
    return found.sort();
  };

  it('takes a value out of the whole database, on the word of two, and the entry stays provable', async () => {
    const { id, secret, typed, corrected } = await mishap();
    await sealer(app).integrate();
    const before = await leaves();
    const early = await takeEvidence(auditor);
    expect(await tablesWith(secret)).toEqual(['public.api_audit_logs', 'public.audit_trail', 'public.task_history']);

    const asked = await ask(typed.id, ['description.after', 'reason', 'description.after']);
    expect(asked.status).toBe(201);
    expect(asked.body).toMatchObject({
      entry_id: typed.id,
      fields: ['description.after', 'reason'],
      reason: WHY,
      status: 'pending',
      requested_by: auditor.username,
      decided_by: null,
    });
    expect((await entriesOf('task', id))[1]?.changes).toEqual(typed.changes);
    const done = await as(manager).post(`/api/audit/redactions/${asked.body.id}/approve`);
    expect(done.body).toMatchObject({ status: 'approved', decided_by: manager.username });
    await redact(corrected.id, ['description.before']);
    expect(await tablesWith(secret)).toEqual([]);

    const [, gone, after] = (await entriesOf('task', id)) as [Entry, Entry, Entry];
    const redaction = {
      by: auditor.username,
      approved_by: manager.username,
      reason: WHY,
      at: expect.stringMatching(/Z$/),
    };
    expect(gone).toMatchObject({
      changes: { description: ['', null], status: ['pending', 'in_progress'] },
      reason: null,
      redacted: [
        { field: 'description.after', ...redaction },
        { field: 'reason', ...redaction },
      ],
    });
    expect(after).toMatchObject({
      changes: { description: [null, 'Subject 0471'] },
      redacted: [{ field: 'description.before' }],
    });
    const history = (await as(auditor).get(`/api/tasks/${id}/history`)).body as Entry[];
    expect(history[0]).toMatchObject({ reason: null, changes: { status: ['pending', 'in_progress'] } });

    const moment = new Date(Date.parse(typed.occurred_at) + 1).toISOString();
    const then = await as(auditor).get(`/api/tasks/${id}?as_of=${moment}`);
    expect([then.status, then.body.status, then.body.description]).toEqual([200, 'in_progress', '']);
    expect((await as(auditor).get(`/api/audit/entities/task/${id}`)).status).toBe(200);
    expect(gone.sentence).toBe(`${manager.username} started "Visit" and rewrote its description`);

    expect((await leaves()).slice(0, before.length)).toEqual(before);
    await sealer(app).integrate();
    await verified(app);
    const later = await takeEvidence(auditor);
    const folder = await unpack(later);
    const { code, said } = await runVerifier(join(folder, 'verify.mjs'), later, '--earlier', early);
    expect([code, said]).toEqual([0, expect.stringContaining('extends the tree of')]);
    expect(Object.values(manifestIn(folder).files).length).toBeGreaterThan(8);
    for (const name of Object.keys(manifestIn(folder).files)) expect(read(folder, name)).not.toContain(secret);
    expect(read(folder, 'report.html')).toContain('<span class="gone">redacted</span>');
    expect(read(folder, 'report.html')).toContain(
      `at the request of ${auditor.username}, approved by ${manager.username}`,
    );
  });

  it('before sealing as after it', async () => {
    const { typed } = await mishap();
    const hash = async () => {
      await sealer(app).integrate();
      const [row] = await app.rows<{ leaf: string }>(sql`SELECT encode(leaf_hash, 'hex') AS leaf FROM audit_seals
        WHERE entry_id = ${typed.id}`);
      return row?.leaf;
    };
    await redact(typed.id, ['description.after']);
    const sealed = await hash();
    await redact(typed.id, ['reason']);
    expect(await hash()).toBe(sealed);
    await verified(app);
  });

  it('needs two people', async () => {
    const { typed } = await mishap();
    const { body } = await ask(typed.id, ['reason']);
    const own = await as(auditor).post(`/api/audit/redactions/${body.id}/approve`);
    expect([own.status, own.body.code]).toEqual([403, 'own_redaction']);
    expect((await as(auditor).post(`/api/audit/redactions/${body.id}/decline`)).body.code).toBe('own_redaction');
    expect((await as(developer).post(`/api/audit/redactions/${body.id}/approve`)).status).toBe(403);
    for (const who of [manager, developer]) expect((await ask(typed.id, ['reason'], WHY, who)).status).toBe(403);
    expect((await ask(typed.id, ['description.after'])).body.code).toBe('redaction_pending');
    const declined = await as(other).post(`/api/audit/redactions/${body.id}/decline`);
    expect(declined.body).toMatchObject({ status: 'declined', decided_by: other.username });
    expect((await as(manager).post(`/api/audit/redactions/${body.id}/approve`)).body.code).toBe('redaction_decided');
    expect((await as(manager).post('/api/audit/redactions/999999/approve')).body.code).toBe('redaction_not_found');
    const again = await ask(typed.id, ['reason']);
    const both = await Promise.all(
      [manager, other].map((who) => as(who).post(`/api/audit/redactions/${again.body.id}/approve`)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is in the trail itself, without the value', async () => {
    const { typed } = await mishap();
    await redact(typed.id, ['reason']);
    const [record] = await entriesOf('entry', typed.id);
    expect(record).toMatchObject({
      action: 'entry.redacted',
      actor_name: manager.username,
      reason: WHY,
      changes: { fields: [null, ['reason']], requested_by: [null, auditor.username] },
    });
    const of = record?.changes.redaction?.[1] as number;
    expect(
      (await entriesOf('redaction', of)).map((entry) => [
        (entry as unknown as { action: string }).action,
        entry.reason,
      ]),
    ).toEqual([
      ['redaction.requested', WHY],
      ['redaction.approved', WHY],
    ]);
  });

  it('lists what waits', async () => {
    const { typed } = await mishap();
    const { body } = await ask(typed.id, ['reason']);
    for (const who of [manager, auditor]) {
      const pending = (await as(who).get('/api/audit/redactions?status=pending')).body;
      expect(pending[0]).toEqual(body);
    }
    const page = await as(auditor).get('/api/audit/redactions?limit=1');
    expect(page.headers.link).toContain('rel="next"');
    expect((await as(developer).get('/api/audit/redactions')).status).toBe(403);
    expect((await as(auditor).get('/api/audit/redactions?status=gone')).status).toBe(422);
    await as(manager).post(`/api/audit/redactions/${body.id}/decline`);
  });

  it.each([
    [['actor_name'], 422, 'validation_error'],
    [['occurred_at'], 422, 'validation_error'],
    [['action'], 422, 'validation_error'],
    [['entity_id'], 422, 'validation_error'],
    [[], 422, 'validation_error'],
    [['priority.after'], 422, 'nothing_to_redact'],
    [['description.before', 'nothing.after'], 422, 'nothing_to_redact'],
  ])('refuses %j', async (fields, status, code) => {
    const { typed } = await mishap();
    const answer = await ask(typed.id, fields);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses what is gone, what is not there, and what proves a redaction', async () => {
    const { typed } = await mishap();
    await redact(typed.id, ['reason']);
    expect((await ask(typed.id, ['reason'])).body.code).toBe('nothing_to_redact');
    expect((await ask(2_000_000_000, ['reason'])).body.code).toBe('entry_not_found');
    const [record] = (await entriesOf('entry', typed.id)) as [Entry];
    expect((await ask(record.id, ['reason'])).body.code).toBe('not_redactable');
    expect((await ask(typed.id, ['description.after'], ' ')).status).toBe(422);
  });

  it('takes the name of a record out, and what a request called it', async () => {
    const { id } = (await as(manager).post('/api/tags', { name: 'Zacharias' })).body as { id: number };
    await app.flushed();
    const [created] = (await entriesOf('tag', id)) as [Entry];
    await as(manager).delete(`/api/tags/${id}`);
    const [, deleted] = (await entriesOf('tag', id)) as [Entry, Entry];
    await redact(created.id, ['entity_name', 'name.after']);
    await redact(deleted.id, ['entity_name', 'name.before']);
    await app.flushed();
    expect(await tablesWith('Zacharias')).toEqual([]);
  });
});
