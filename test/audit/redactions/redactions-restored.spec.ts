import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raw } from 'sql-template-tag';
import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { backUp, type Backup } from '../../support/backups.js';
import { type TestDatabase } from '../../support/database.js';
import { runVerifier, takeEvidence, unpack } from '../../support/evidence.js';
import { sealer } from '../../support/seals.js';
import { waitFor } from '../../support/wait-for.js';

const SECRET = 'Subject 0471 is Erika Mustermann';
const WHY = 'Name of a trial subject, typed by accident';
const AUDIT_SIGNING_KEY = Buffer.alloc(32, 3).toString('base64');
const SECRET_KEY = 'k'.repeat(40);

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command of the build, in a process of its own. */
function run(database: TestDatabase, command: string, ...args: string[]): Promise<Said> {
  const env = { ...process.env, ENVIRONMENT: 'test', DATABASE_URL: database.url, AUDIT_SIGNING_KEY, SECRET_KEY };
  return new Promise((resolve) =>
    execFile(process.execPath, [join(__dirname, '../../../dist', command), ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  );
}
const verify = (database: TestDatabase, ...args: string[]) => run(database, 'cli/verify-audit.command.js', ...args);
const repeat = (database: TestDatabase, ...args: string[]) =>
  run(database, 'cli/repeat-redactions.command.js', ...args);

/** Tables in which a text stands somewhere. */
async function tablesWith(app: TestApp, text: string): Promise<string[]> {
  const found = [];
  for (const name of ['audit_trail', 'task_history', 'api_audit_logs', 'tasks'])
    if ((await app.rows(sql`SELECT FROM ${raw(name)} t WHERE strpos(t::text, ${text}) > 0`)).length > 0)
      found.push(name);
  return found;
}

describe('a backup from before a redaction that is restored', () => {
  const folder = mkdtempSync(join(tmpdir(), 'restored-'));
  const list = join(folder, 'redactions.ndjson');
  const checkpoints = join(folder, 'checkpoints.txt');
  let app: TestApp;
  let backup: Backup;
  let people: Record<'manager' | 'auditor' | 'developer', TestActor>;
  const restored: TestDatabase[] = [];

  /** A task whose description had the secret for a while. @returns the ids of the entries that have it */
  const mishap = async (): Promise<[typed: number, corrected: number]> => {
    const draft = { title: 'Visit', estimated_hours: 1, deadline: '2100-01-01', assigned_to: people.developer.id };
    const { id } = (await as(people.manager).post('/api/tasks', draft)).body as { id: number };
    await as(people.manager).patch(`/api/tasks/${id}`, { description: SECRET }, { 'X-Change-Reason': `See ${SECRET}` });
    await as(people.manager).patch(`/api/tasks/${id}`, { description: 'Subject 0471' });
    await app.flushed();
    const entries = (await as(people.auditor).get(`/api/audit/entries?entity_type=task&entity_id=${id}`)).body as {
      id: number;
    }[];
    return [entries[1]?.id ?? 0, entries[0]?.id ?? 0];
  };
  const redact = async (entry: number, fields: string[]) => {
    const asked = await as(people.auditor).post(`/api/audit/entries/${entry}/redactions`, { fields, reason: WHY });
    expect((await as(people.manager).post(`/api/audit/redactions/${asked.body.id}/approve`)).status).toBe(200);
  };
  const restore = async () => {
    const database = await backup.restore();
    restored.push(database);
    return database;
  };
  const on = (database: TestDatabase) => TestApp.start({ AUDIT_SIGNING_KEY }, { database });

  beforeAll(async () => {
    app = await TestApp.start({ AUDIT_SIGNING_KEY, AUDIT_CHECKPOINT_FILE: checkpoints });
    await app.nest.get(JobQueue).start();
    people = {
      manager: await anActor(app, 'manager'),
      auditor: await anActor(app, 'auditor'),
      developer: await anActor(app, 'developer'),
    };
    const [typed, corrected] = await mishap();
    await sealer(app).integrate();
    backup = await backUp(app.database);
    await redact(typed, ['description.after']);
    await redact(typed, ['reason']);
    await redact(corrected, ['description.before']);
    // One that the backup has no entry for.
    const [later] = await mishap();
    await redact(later, ['reason']);
    const listed = await run(app.database, 'cli/list-redactions.command.js');
    expect(listed).toMatchObject({ code: 0, err: '' });
    writeFileSync(list, listed.out);
    const outside = `${checkpoints}.redactions`;
    await waitFor(() => existsSync(outside) && readFileSync(outside, 'utf8').split('\n').length === 5, 60_000);
  }, 600_000);
  afterAll(async () => {
    await app.stop();
    for (const database of restored) await database.drop();
    await backup.drop();
  });

  it('lets each redaction leave the host as it is carried out, without the values', () => {
    const lines = (text: string) => text.split('\n').sort();
    expect(lines(readFileSync(`${checkpoints}.redactions`, 'utf8'))).toEqual(lines(readFileSync(list, 'utf8')));
    expect(readFileSync(list, 'utf8')).not.toContain('Erika');
  });

  it('is found out by the list, repeated from it once, and goes on', async () => {
    const database = await restore();
    expect(await verify(database)).toMatchObject({ code: 0, out: expect.stringMatching(/^OK/) });
    const missing = await verify(database, '--redactions', list);
    expect(missing).toMatchObject({ code: 1, out: expect.stringMatching(/^NOT OK: What was redacted is back: /) });
    for (const what of ['description.after of Entry', 'reason of Entry', 'description.before of Entry'])
      expect(missing.out).toContain(what);

    const dry = await repeat(database, '--dry-run', list);
    expect(dry).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^OK: 4 redactions, 0 there, 3 to repeat, 0 waiting, 1 without an entry, 0 refused\n$/m,
      ),
    });
    expect((await verify(database, '--redactions', list)).code).toBe(1);

    const again = await on(database);
    try {
      expect(await tablesWith(again, SECRET)).toEqual(['audit_trail', 'api_audit_logs']);
      const done = await repeat(database, list);
      expect(done).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^OK: 4 redactions, 0 there, 3 repeated, 0 waiting, 1 without/m),
      });
      expect(await tablesWith(again, SECRET)).toEqual([]);
      expect((await repeat(database, list)).out).toMatch(
        /^OK: 4 redactions, 3 there, 0 repeated, 0 waiting, 1 without/m,
      );

      const auditor = await anActor(again, 'auditor');
      const { body } = await as(auditor).get('/api/audit/entries?action=redaction.repeated,entry.redacted&limit=2');
      const [a, m] = [people.auditor.username, people.manager.username];
      expect(
        (body as { sentence: string; reason: string }[]).map(({ sentence, reason }) => [sentence, reason]),
      ).toEqual([
        [
          expect.stringMatching(
            `^The system \\(redactions:repeat\\) redacted description \\(before\\) of audit entry \\d+, as ${a} had asked and ${m} had approved$`,
          ),
          WHY,
        ],
        [
          expect.stringMatching(
            `^The system \\(redactions:repeat\\) approved redaction 3 \\(description \\(before\\) of audit entry \\d+\\) again after a restore, since ${a} had asked for it and ${m} had approved it$`,
          ),
          WHY,
        ],
      ]);
      // It goes on: the next redaction has an id of its own, and everything is proven.
      const manager = await anActor(again, 'manager');
      const tag = (await as(manager).post('/api/tags', { name: 'after' })).body as { id: number };
      const [entry] = (await as(auditor).get(`/api/audit/entries?entity_type=tag&entity_id=${tag.id}`)).body as {
        id: number;
      }[];
      const asked = await as(auditor).post(`/api/audit/entries/${entry?.id}/redactions`, {
        fields: ['entity_name'],
        reason: WHY,
      });
      expect([asked.status, asked.body.id]).toEqual([201, 4]);
      await sealer(again).integrate();
      expect(await verify(database, '--redactions', list)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^OK/),
      });
      const bundle = await unpack(await takeEvidence(auditor));
      expect((await runVerifier(join(bundle, 'verify.mjs'))).said).toMatch(/^OK/);
    } finally {
      await again.stop();
    }
  }, 600_000);

  it('has other redactions under the same ids by then, a delay, and lists that were tampered with', async () => {
    const database = await restore();
    const again = await on(database);
    try {
      const [auditor, manager] = [await anActor(again, 'auditor'), await anActor(again, 'manager')];
      const tag = (await as(manager).post('/api/tags', { name: 'first' })).body as { id: number };
      const [entry] = (await as(auditor).get(`/api/audit/entries?entity_type=tag&entity_id=${tag.id}`)).body as {
        id: number;
      }[];
      const asked = await as(auditor).post(`/api/audit/entries/${entry?.id}/redactions`, {
        fields: ['name.after'],
        reason: WHY,
      });
      expect(asked.body.id).toBe(1);
      await as(manager).post('/api/audit/redactions/1/approve');

      const forged = join(folder, 'forged.ndjson');
      writeFileSync(forged, readFileSync(list, 'utf8').replaceAll('description.before', 'status.before'));
      const refused = await repeat(database, '--dry-run', forged);
      expect(refused).toMatchObject({
        code: 1,
        out: expect.stringContaining('NOT repeated: no server of this installation signed it so'),
      });
      expect((await repeat(database, list)).out).toMatch(/^OK: 4 redactions, 0 there, 3 repeated/m);
      expect(await tablesWith(again, SECRET)).toEqual([]);
      await sealer(again).integrate();
      expect(await verify(database, '--redactions', list)).toMatchObject({ code: 0 });
    } finally {
      await again.stop();
    }
    const delayed = await restore();
    const slow = await on(delayed);
    try {
      await slow.rows(sql`INSERT INTO redaction_delays (delay) VALUES ('1 hour')`);
      for (const _ of [1, 2])
        expect((await repeat(delayed, list)).out).toMatch(/^OK: 4 redactions, 0 there, 0 repeated, 3 waiting/m);
      await sealer(slow).integrate();
      expect(await verify(delayed)).toMatchObject({ code: 0 });
    } finally {
      await slow.stop();
    }
  }, 600_000);

  it('names the faults of a list before anything is done', async () => {
    const broken = join(folder, 'broken.ndjson');
    writeFileSync(broken, `${readFileSync(list, 'utf8')}{"format":"ctms-redaction/1"}\n`);
    for (const said of [await repeat(app.database, broken), await verify(app.database, '--redactions', broken)])
      expect(said).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('broken.ndjson, line 5 is no line of a list of redactions'),
      });
  });
});
