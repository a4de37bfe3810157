import { factsOf, type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { parametersOf } from './dto.template.js';
import { usersOf } from './entity.template.js';

/** Renders `visits.spec.ts`: everything that the extension promises, over HTTP and on PostgreSQL. */
export function specTemplate(names: ExtensionNames, fields: readonly Field[]): string {
  const { plural, type, manyWords, prefix, table } = names;
  const [first] = fields as [Field];
  const sample = (side: 0 | 1) => fields.map((field) => `${field.name}: ${factsOf(field).samples[side]}`).join(', ');
  const [before, after] = factsOf(first).samples;
  const parameters = parametersOf(fields);
  const user = usersOf(fields)[0];
  return `import { anActor, as, sql, startApp, type TestActor, type TestApp } from '../../../test/kit.js';

const PATH = '/api/${plural}';
const AT_WORK = '2027-03-01T12:00:00Z';
const AT_NIGHT = '2027-03-01T22:00:00Z';

describe('/api/${plural}', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await startApp();
    app.clock.set(AT_WORK);
    manager = await anActor(app, 'manager', { username: 'meera' });
    developer = await anActor(app, 'developer', { username: 'asha' });
    auditor = await anActor(app, 'auditor');
  });
  beforeEach(() => app.clock.set(AT_WORK));
  afterAll(() => app.stop());

  const draft = () => ({ ${sample(0)} });
  const other = () => ({ ${sample(1)} });
  const aRecord = async (who = manager, values: object = draft()) =>
    (await as(who).post(PATH, values)).body.id as number;
  const at = (id: number) => \`\${PATH}/\${id}\`;

  describe('POST', () => {
    it('creates a record, which is read as it was answered', async () => {
      const created = await as(manager).post(PATH, draft());
      expect([created.status, created.headers.etag]).toEqual([201, '"1"']);
      expect(created.body).toMatchObject({ ...draft(), created_by: manager.id, version: 1 });
      const read = await as(auditor).get(at(created.body.id as number));
      expect([read.status, read.body]).toEqual([200, created.body]);
    });

    it('rejects an unknown field, and a value that is none', async () => {
      const unknown = await as(manager).post(PATH, { ...draft(), bogus: 1 });
      expect([unknown.status, unknown.body.errors[0].field]).toEqual([422, 'bogus']);
      const wrong = await as(manager).post(PATH, { ...draft(), ${first.name}: ${factsOf(first).wrong} });
      expect([wrong.status, wrong.body.errors[0].field]).toEqual([422, '${first.name}']);
    });
${missingCase(fields)}
    it('does a repeated request once, by its Idempotency-Key', async () => {
      const send = () => as(manager).post(PATH, draft(), { 'Idempotency-Key': 'create-once' });
      const [once, again] = [await send(), await send()];
      expect([again.status, again.body]).toEqual([201, once.body]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(await app.rows(sql\`SELECT FROM ${table} WHERE id = \${once.body.id}\`)).toHaveLength(1);
    });
${user ? userCase(names, user) : ''}  });

  describe('GET', () => {
    it('lists in pages that make up the whole, with a total', async () => {
      for (let n = 0; n < 3; n++) await aRecord();
      const whole = (await as(manager).get(PATH)).body as { id: number }[];
      const found: { id: number }[] = [];
      for (let next: string | undefined = \`\${PATH}?limit=2&include_total=true&sort=-id\`; next;) {
        const page = await as(manager).get(next);
        expect(page.headers['x-total-count']).toBe(String(whole.length));
        found.push(...(page.body as { id: number }[]));
        next = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1];
      }
      expect(found).toEqual([...whole].reverse());
    });

    it('filters by each of its parameters, and refuses others', async () => {
      const id = await aRecord(manager, other());
      const parameters = { ${parameters.map((parameter) => `${parameter.name}: ${valueFor(parameter.name, fields)}`).join(', ')} };
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(parameters)) query.append(name, String(value));
      const ids = async (text: string) => ((await as(manager).get(\`\${PATH}?\${text}\`)).body as { id: number }[]).map((one) => one.id);
      // Many clients send the plus of an offset as it is.
      expect(await ids(query.toString().replaceAll('%2B', '+'))).toContain(id);
      expect(await ids(\`created_by=\${developer.id}\`)).not.toContain(id);
      expect((await as(manager).get(\`\${PATH}?bogus=1\`)).status).toBe(422);
    });

    it('sorts by each field that it names', async () => {
      for (const name of ['created_at', '-updated_at', '-id']) {
        const { status, body } = await as(manager).get(\`\${PATH}?sort=\${name}&limit=5\`);
        expect([name, status, Array.isArray(body)]).toEqual([name, 200, true]);
      }
      expect((await as(manager).get(\`\${PATH}?sort=bogus\`)).status).toBe(422);
    });

    it('answers 304 for what has not changed', async () => {
      const id = await aRecord();
      expect((await as(manager).get(at(id), { 'If-None-Match': '"1"' })).status).toBe(304);
    });
  });

  describe('PATCH', () => {
    it('changes the fields given, and counts the versions', async () => {
      const id = await aRecord();
      const changed = await as(manager).patch(at(id), { ${first.name}: ${after} });
      expect([changed.status, changed.headers.etag]).toEqual([200, '"2"']);
      expect(changed.body).toMatchObject({ ...draft(), ${first.name}: ${after}, version: 2 });
    });

    it('rejects a change of an outdated version, by If-Match', async () => {
      const id = await aRecord();
      const change = (tag: string, value: unknown) =>
        as(manager).patch(at(id), { ${first.name}: value }, { 'If-Match': tag });
      expect((await change('"1"', ${after})).status).toBe(200);
      const stale = await change('"1"', ${before});
      expect([stale.status, stale.body.code, stale.body.current_version]).toEqual([412, 'stale_version', 2]);
      expect((await change('"2"', ${before})).body.version).toBe(3);
    });
  });

  describe('DELETE', () => {
    it('removes the record; the audit trail keeps its values', async () => {
      const id = await aRecord();
      expect((await as(manager).delete(at(id), { 'If-Match': '"7"' })).status).toBe(412);
      expect((await as(manager).delete(at(id))).status).toBe(204);
      expect((await as(manager).get(at(id))).body.code).toBe('${type}_not_found');
      const { body } = await as(auditor).get(\`/api/audit/entities/${type}/\${id}\`);
      expect(body.entries[1]).toMatchObject({ action: '${type}.deleted', actor_name: 'meera' });
    });
  });

  describe('is for', () => {
    it('developers what they created, and nothing else', async () => {
      const [own, foreign] = [await aRecord(developer), await aRecord()];
      expect((await as(developer).patch(at(own), other())).status).toBe(200);
      expect((await as(developer).get(at(foreign))).status).toBe(404);
      expect((await as(developer).patch(at(foreign), other())).status).toBe(404);
      const listed = (await as(developer).get(PATH)).body as { created_by: number }[];
      expect(new Set(listed.map(({ created_by }) => created_by))).toEqual(new Set([developer.id]));
    });

    it('developers within their working hours', async () => {
      const own = await aRecord(developer);
      app.clock.set(AT_NIGHT);
      const denied = await as(developer).patch(at(own), other());
      expect([denied.status, denied.body.code]).toEqual([403, 'outside_working_hours']);
      expect(denied.body.allowed_from).toBe('2027-03-02T09:00:00.000Z');
      expect((await as(developer).get(at(own))).status).toBe(200);
      expect((await as(manager).patch(at(own), other())).status).toBe(200);
    });

    it('auditors to read', async () => {
      const id = await aRecord();
      expect((await as(auditor).get(at(id))).status).toBe(200);
      expect((await as(auditor).post(PATH, draft())).body.code).toBe('role_not_allowed');
      expect((await as(auditor).delete(at(id))).status).toBe(403);
    });

    it('no one who is not signed in', async () => {
      expect((await as(app).get(PATH)).status).toBe(401);
    });
  });

  it('is recorded in the audit trail, field by field, which managers read', async () => {
    const id = await aRecord(developer);
    await as(manager).patch(at(id), { ${first.name}: ${after} });
    const { status, body } = await as(manager).get(\`/api/audit/entities/${type}/\${id}\`);
    expect([status, body.entry_count]).toEqual([200, 2]);
    expect(body.entries).toMatchObject([
      { action: '${type}.created', actor_name: 'asha', changes: { created_by: [null, developer.id] } },
      { action: '${type}.updated', actor_name: 'meera', changes: { ${first.name}: [${before}, ${after}] } },
    ]);
    expect(body.entries[0].sentence).toContain('created by asha');
  });

  it('has a limit of ${manyWords} that one user may create', async () => {
    const small = await startApp({ env: { ${prefix}MAX_PER_USER: '1' }, replicaOf: app });
    small.clock.set(AT_WORK);
    const newcomer = { ...(await anActor(app, 'manager')), app: small };
    expect((await as(newcomer).post(PATH, draft())).status).toBe(201);
    const refused = await as(newcomer).post(PATH, draft());
    expect([refused.status, refused.body.code]).toEqual([409, 'too_many_${table}']);
    await small.stop();
  });
});
`;
}

/** A field that must be there, if there is one. */
function missingCase(fields: readonly Field[]): string {
  const required = fields.find(({ optional }) => !optional);
  if (!required) return '';
  return `
    it('needs the fields that are not optional', async () => {
      for (const value of [undefined, null]) {
        const missing = await as(manager).post(PATH, { ...draft(), ${required.name}: value });
        expect([missing.status, missing.body.errors[0].field]).toEqual([422, '${required.name}']);
      }
    });
`;
}

const userCase = ({ type }: ExtensionNames, { name }: Field): string => `
    it('refers to active users only', async () => {
      const missing = await as(manager).post(PATH, { ...draft(), ${name}: 2_000_000_000 });
      expect([missing.status, missing.body.code]).toEqual([404, '${type}_user_not_found']);
    });
`;

/** The value of a parameter that finds the second sample. */
function valueFor(parameter: string, fields: readonly Field[]): string {
  if (parameter === 'created_by') return 'manager.id';
  if (parameter === 'q') {
    const text = fields.find(({ type }) => type === 'text');
    return text ? factsOf(text).samples[1] : "''";
  }
  const field = fields.find(({ name }) => parameter === name || parameter.startsWith(`${name}_`));
  if (!field) throw new Error(`No field has the parameter ${parameter}`);
  if (parameter.endsWith('_before')) return "'2100-01-01T00:00:00+05:30'";
  return factsOf(field).samples[1];
}
