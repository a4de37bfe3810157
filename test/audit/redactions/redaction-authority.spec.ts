import { createHmac, randomBytes } from 'node:crypto';
import { type Client } from 'pg';
import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { ENTRY_LEAF_COLUMNS } from '../../../src/transparency-log/storage/stored-tree.js';
import { redactOpenings, type EntryRow } from '../../../src/transparency-log/format/leaf.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';
import { aTask } from '../../support/factories.js';
import { sealer, verified } from '../../support/seals.js';
import { waitFor } from '../../support/wait-for.js';

const SECRET = 'Subject 0471 is Erika Mustermann';
const WHY = 'Name of a trial subject, typed by accident';

interface Case {
  readonly entry: string;
  readonly opened: object;
}

function stage(app: () => TestApp) {
  const entryWithSecret = async (manager: TestActor): Promise<Case> => {
    const { id } = await aTask(app(), manager.id);
    await as(manager).patch(`/api/tasks/${id}`, { description: SECRET });
    const [row] = await app().rows<EntryRow & { id: string }>(sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a
      WHERE entity_type = 'task' AND entity_id = ${id} ORDER BY id DESC LIMIT 1`);
    const entry = row as EntryRow & { id: string };
    return { entry: entry.id, opened: redactOpenings(entry, ['changes.description.1']) };
  };
  const request = async (auditor: TestActor, entry: string) => {
    const wanted = { fields: ['description.after'], reason: WHY };
    const { status, body } = await as(auditor).post(`/api/audit/entries/${entry}/redactions`, wanted);
    expect(status).toBe(201);
    return (body as { id: number }).id;
  };
  const valueIn = async (entry: string) =>
    (
      await app().rows<{ value: string | null }>(
        sql`SELECT changes->'description'->>1 AS value FROM audit_trail WHERE id = ${entry}::bigint`,
      )
    )[0]?.value;
  return { entryWithSecret, request, valueIn };
}

describe('a holder of the password of the role that serves', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  const { entryWithSecret, request, valueIn } = stage(() => app);

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  const asServer = <T>(work: (client: Client) => Promise<T>) => connected(app.url, work);
  const insertRequest = async (client: Client, entry: string) =>
    (
      await client.query<{ id: number }>(
        `INSERT INTO redactions (entry_id, fields, reason, requested_by_id, requested_by)
          VALUES ($1, '{description.after}', $2, $3, $4) RETURNING id`,
        [entry, WHY, auditor.id, auditor.username],
      )
    ).rows[0]?.id as number;
  const record = (client: Client, who: TestActor, action: string, type: string, id: unknown, changes: object) =>
    client.query(
      `INSERT INTO audit_trail (actor_id, actor_name, actor_role, action, entity_type, entity_id, changes, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [who.id, who.username, who.role, action, type, id, changes, WHY],
    );

  it('cannot insert what was approved already', async () => {
    const { entry, opened } = await entryWithSecret(manager);
    await asServer(async (client) => {
      for (const [columns, values] of [
        ['status, decided_by_id, decided_by, decided_at', `'approved', ${manager.id}, 'x', now()`],
        ['request_mac', `'x'`],
        ['opened', `'{}'`],
      ])
        await expect(
          client.query(
            `INSERT INTO redactions (entry_id, fields, reason, requested_by_id, requested_by, ${columns})
              VALUES (${entry}, '{description.after}', '${WHY}', ${auditor.id}, 'y', ${values})`,
          ),
        ).rejects.toThrow(/begins as a request/);
    });
    expect([await valueIn(entry), Object.keys(opened)]).toEqual([SECRET, ['salts', 'commitments']]);
  });

  it('cannot take a value out, not even with every entry and seal that a true redaction has', async () => {
    const { entry, opened } = await entryWithSecret(manager);
    const id = await asServer(async (client) => {
      const made = await insertRequest(client, entry);
      const fields = [null, ['description.after']];
      await record(client, auditor, 'redaction.requested', 'redaction', made, { entry: [null, entry], fields });
      await sealer(app).integrate();
      await client.query(
        `UPDATE redactions SET status = 'approved', decided_by_id = $1, decided_by = $2, decided_at = now(),
          opened = $3, request_mac = $4, approval_mac = $5 WHERE id = $6`,
        [manager.id, manager.username, opened, randomBytes(32), randomBytes(32), made],
      );
      await record(client, manager, 'redaction.approved', 'redaction', made, { status: ['pending', 'approved'] });
      const changes = { fields, redaction: [null, made], requested_by: [null, auditor.username] };
      await record(client, manager, 'entry.redacted', 'entry', entry, changes);
      await sealer(app).integrate();
      await expect(client.query('SELECT redact_audit_entry($1)', [made])).rejects.toThrow(/Nothing proves/);
      return made;
    });
    expect(await valueIn(entry)).toBe(SECRET);
    expect(await app.nest.get(JobQueue).runNow('apply-redactions')).toBe(0);
    expect(app.log.join('\n')).toMatch(/was not applied.*Nothing proves/);
    expect((await as(manager).post(`/api/audit/redactions/${id}/decline`)).status).toBe(200);
  });

  it('cannot use what proves one redaction for another', async () => {
    const [first, second] = [await entryWithSecret(manager), await entryWithSecret(manager)];
    const proven = await request(auditor, first.entry);
    expect((await as(manager).post(`/api/audit/redactions/${proven}/approve`)).status).toBe(200);
    await asServer(async (client) => {
      const made = await insertRequest(client, second.entry);
      await client.query(
        `UPDATE redactions r SET status = 'approved', decided_by_id = p.decided_by_id, decided_by = p.decided_by,
          decided_at = now(), opened = $1, request_mac = p.request_mac, approval_mac = p.approval_mac
          FROM redactions p WHERE r.id = $2 AND p.id = $3`,
        [second.opened, made, proven],
      );
      await expect(client.query('SELECT redact_audit_entry($1)', [made])).rejects.toThrow(/Nothing proves/);
    });
    expect(await valueIn(second.entry)).toBe(SECRET);
  });

  it('cannot ask in the name of another and have it approved by a person who believes it', async () => {
    const { entry } = await entryWithSecret(manager);
    const id = await asServer((client) => insertRequest(client, entry));
    const { status, body } = await as(manager).post(`/api/audit/redactions/${id}/approve`);
    expect([status, body.code]).toEqual([409, 'redaction_unproven']);
    expect((await as(manager).post(`/api/audit/redactions/${id}/decline`)).status).toBe(200);
  });

  it('cannot change what a true request asked for, nor what its approval puts in place of the salt', async () => {
    const { entry } = await entryWithSecret(manager);
    const id = await request(auditor, entry);
    await asServer(async (client) => {
      for (const change of [
        `fields = '{reason}'`,
        'entry_id = 1',
        `request_mac = 'x'`,
        `reason = 'x'`,
        'requested_by_id = 1',
      ])
        await expect(client.query(`UPDATE redactions SET ${change} WHERE id = ${id}`)).rejects.toThrow(
          /kept as they are/,
        );
      await client.query(`UPDATE redactions SET opened = '{"salts": {}, "commitments": {}}' WHERE id = ${id}`);
    });
    const { status } = await as(manager).post(`/api/audit/redactions/${id}/approve`);
    expect([[409, 503], await valueIn(entry)]).toEqual([expect.arrayContaining([status]), SECRET]);
  });

  it('reads no key of redactions, sets no delay, and stores no checkpoint of another time', async () => {
    await asServer(async (client) => {
      for (const statement of [
        'SELECT * FROM redaction_keys',
        `INSERT INTO redaction_keys (key) VALUES ('x')`,
        'DELETE FROM redaction_keys',
        `INSERT INTO redaction_delays (delay) VALUES ('0')`,
        'UPDATE redaction_delays SET since = now()',
        'DELETE FROM redaction_delays',
        `SELECT redaction_proven(r) FROM redactions r`,
      ])
        await expect(client.query(statement)).rejects.toThrow(/permission denied/);
      for (const time of [`now() - interval '1 day'`, `now() + interval '1 minute'`])
        await expect(
          client.query(`INSERT INTO audit_checkpoints VALUES (1000000, '', '', 'x', ${time})`),
        ).rejects.toThrow(/is of the time at which it is stored/);
    });
  });

  it('is distinguished by a standard HMAC', async () => {
    for (const [key, text] of [
      ['k', ''],
      ['Jefe', 'what do ya want for nothing?'],
      [randomBytes(32).toString('latin1'), 'ü'.repeat(300)],
    ] as const) {
      const secret = Buffer.from(key, 'latin1');
      const [row] = await app.rows<{ mac: Buffer }>(
        sql`SELECT hmac_sha256(${secret}::bytea, convert_to(${text}, 'UTF8')) AS mac`,
      );
      expect(row?.mac).toEqual(createHmac('sha256', secret).update(text).digest());
    }
  });
});

describe('a redaction whose request has to be sealed for a while', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  const { entryWithSecret, request, valueIn } = stage(() => app);
  const applyDue = () => app.nest.get(JobQueue).runNow('apply-redactions');
  const approved = async () => {
    const { entry } = await entryWithSecret(manager);
    const id = await request(auditor, entry);
    await sealer(app).integrate();
    const { status, body } = await as(manager).post(`/api/audit/redactions/${id}/approve`);
    expect([status, body.status, body.applied_at]).toEqual([200, 'approved', null]);
    return { id, entry };
  };

  beforeAll(async () => {
    app = await TestApp.start({ REDACTION_DELAY_HOURS: '24' });
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  it('waits, and no call of the database hurries it', async () => {
    const { id, entry } = await approved();
    expect(await applyDue()).toBe(0);
    await connected(app.url, async (client) => {
      await expect(client.query('SELECT redact_audit_entry($1)', [id])).rejects.toThrow(
        /has not been sealed for as long/,
      );
    });
    expect(await valueIn(entry)).toBe(SECRET);
  });

  it('can be declined while it waits, and lapses with either of its people', async () => {
    const { id, entry } = await approved();
    const stopped = await as(await anActor(app, 'auditor')).post(`/api/audit/redactions/${id}/decline`);
    expect([stopped.status, stopped.body.status]).toEqual([200, 'declined']);
    const other = await anActor(app, 'manager');
    const second = await request(auditor, entry);
    await sealer(app).integrate();
    await as(other).post(`/api/audit/redactions/${second}/approve`);
    await as(manager).patch(`/api/auth/users/${other.id}`, { role: 'developer', reason: 'Left the team' });
    const [row] = await app.rows(sql`SELECT status FROM redactions WHERE id = ${second}`);
    expect(row).toEqual({ status: 'lapsed' });
    await app.rows(sql`INSERT INTO redaction_delays (delay) VALUES ('0')`);
    await applyDue();
    expect(await valueIn(entry)).toBe(SECRET);
  });

  it('happens once it is due, in the name of both, and verifying asks for the same', async () => {
    await app.rows(sql`INSERT INTO redaction_delays (delay) VALUES ('1 day')`);
    const { id, entry } = await approved();
    await app.rows(sql`INSERT INTO redaction_delays (delay) VALUES ('1 second')`);
    await waitFor(async () => (await applyDue()) > 0);
    expect([await applyDue(), await valueIn(entry)]).toEqual([0, null]);
    const { body } = await as(auditor).get(`/api/audit/entries?action=entry.redacted&entity_id=${entry}`);
    expect(body).toMatchObject([
      {
        actor_role: 'system',
        changes: {
          redaction: [null, id],
          requested_by: [null, auditor.username],
          approved_by: [null, manager.username],
        },
        sentence: expect.stringContaining(`as ${auditor.username} had asked and ${manager.username} had approved`),
      },
    ]);
    expect((await as(manager).post(`/api/audit/redactions/${id}/decline`)).status).toBe(409);
    await sealer(app).integrate();
    await verified(app);
    await app.rows(sql`INSERT INTO redaction_delays (delay, since) VALUES ('1 hour', now() - interval '1 hour')`);
    await expect(verified(app)).rejects.toThrow(/before its request had been sealed for 01:00:00/);
  });
});

describe('audit:verify', () => {
  it('finds a removal that no two people asked for and approved', async () => {
    const app = await TestApp.start();
    const manager = await anActor(app, 'manager');
    const auditor = await anActor(app, 'auditor');
    const record = (action: string, type: string, id: number, who: TestActor, changes: object) =>
      app.rows(sql`INSERT INTO audit_trail (actor_id, actor_name, actor_role, action, entity_type, entity_id, changes)
        VALUES (${who.id}, ${who.username}, ${who.role}, ${action}, ${type}, ${id}, ${JSON.stringify(changes)}::jsonb)`);
    const fields = [null, ['description.after']];
    await record('redaction.requested', 'redaction', 7, auditor, { entry: [null, '1'], fields });
    await record('redaction.approved', 'redaction', 7, auditor, {});
    const changes = { fields, redaction: [null, 7], requested_by: [null, auditor.username] };
    await record('entry.redacted', 'entry', 1, manager, changes);
    await sealer(app).integrate();
    await expect(verified(app)).rejects.toThrow(/No two entries say who asked for/);
    await app.stop();
  });
});
