import { join } from 'node:path';
import sql, { raw } from 'sql-template-tag';
import { ENTRY_LEAF_COLUMNS } from '../../../src/transparency-log/storage/stored-tree.js';
import { redactOpenings, type EntryRow } from '../../../src/transparency-log/format/leaf.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { entriesIn, runVerifier, takeEvidence, unpack } from '../../support/evidence.js';
import { aTask } from '../../support/factories.js';
import { approveInSecret } from '../../support/redactions.js';
import { sealer, verified } from '../../support/seals.js';

const SECRET = 'Subject 0471 is Erika Mustermann';
const WHY = 'Name of a trial subject, typed by accident';

describe('a redaction in an entry whose id is beyond the ids of records', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeEach(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterEach(() => app.stop());

  /** A change with the secret that is the entry of that id. @returns its task */
  const mishap = async (entry: string) => {
    const { id } = await aTask(app, manager.id);
    await app.rows(raw(`ALTER TABLE audit_trail ALTER COLUMN id RESTART WITH ${entry}`));
    await as(manager).patch(`/api/tasks/${id}`, { description: SECRET });
    return id;
  };
  const redact = async (entry: string) => {
    const wanted = { fields: ['description.after'], reason: WHY };
    const asked = await as(auditor).post(`/api/audit/entries/${entry}/redactions`, wanted);
    expect([asked.status, asked.body.entry_id]).toEqual([201, Number(entry)]);
    const approved = await as(manager).post(`/api/audit/redactions/${asked.body.id}/approve`);
    expect([approved.status, approved.body.status]).toEqual([200, 'approved']);
  };

  it.each(['2147483648', '3000000000', '9007199254740995'])('%s', async (entry) => {
    const task = await mishap(entry);
    await sealer(app).integrate();
    await redact(entry);
    const [row] = await app.rows(sql`SELECT changes FROM audit_trail WHERE id = ${entry}::bigint`);
    expect(row).toEqual({ changes: { description: ['', null] } });
    const { body } = await as(auditor).get('/api/audit/entries?action=entry.redacted&limit=1');
    expect(body[0]).toMatchObject({ entity_type: 'entry', entity_id: null, changes: { entry: [null, entry] } });
    expect(body[0].sentence).toBe(
      `${manager.username} redacted description (after) of audit entry ${entry}, as ${auditor.username} had asked`,
    );
    await sealer(app).integrate();
    await verified(app);
    for (const query of [`entity=task:${task}`, '']) {
      const folder = await unpack(await takeEvidence(auditor, query));
      const actions = entriesIn(folder).map(({ leaf }) => leaf.action);
      if (query) expect(actions).toEqual(['task.updated', 'entry.redacted']);
      expect((await runVerifier(join(folder, 'verify.mjs'), folder)).said).toMatch(/^OK/);
    }
  });

  it.each([
    ['9223372036854775807', 404, 'entry_not_found'],
    ['9223372036854775808', 404, 'not_found'],
    ['0', 404, 'not_found'],
    ['x', 422, 'validation_error'],
  ])('refuses %s with %s', async (entry, status, code) => {
    const answer = await as(auditor).post(`/api/audit/entries/${entry}/redactions`, {
      fields: ['reason'],
      reason: WHY,
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is wrong without an entry of it', async () => {
    await mishap('4000000000');
    const asked = await as(auditor).post('/api/audit/entries/4000000000/redactions', {
      ...{ fields: ['description.after'], reason: WHY },
    });
    const { id } = asked.body as { id: number };
    const [row] = await app.rows<EntryRow>(
      sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE a.id = 4000000000`,
    );
    await approveInSecret(app, id, manager.id, redactOpenings(row as EntryRow, ['changes.description.1']));
    await app.rows(sql`SELECT redact_audit_entry(${id}::int)`);
    await sealer(app).integrate();
    await expect(verified(app)).rejects.toThrow(/description.after is gone from .*4000000000.* no entry says/);
  });
});
