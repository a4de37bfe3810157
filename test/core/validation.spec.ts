import { getMetadataStorage } from 'class-validator';
import { type Problem } from '../../src/core/http/problem.js';
import { DtoValidationPipe } from '../../src/core/http/validation.pipe.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';

/** Undeclared storage of class-validator: the rules of all classes. */
interface Stored {
  readonly validationMetadatas: ReadonlyMap<
    unknown,
    readonly { name?: string; each: boolean; propertyName: string; target: new () => object }[]
  >;
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1');

describe('the detail of a validation error', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  it.each([
    [{}, ['title is required', 'estimated_hours is required', 'deadline is required', 'assigned_to is required']],
    [{ title: null, tags: null, description: null, foo: null }, ['foo is not a known field', 'title must not be null']],
    [{ description: 5 }, ['description must be a string']],
    [{ title: ['abc'] }, ['title must be a string']],
    [{ title: { length: 3 } }, ['title must be a string']],
    [{ title: ['x'.repeat(1100)] }, ['title must be a string']],
    [{ tags: '1' }, ['tags must be a list of ids']],
  ])('describes the errors of %j', async (body, messages) => {
    const { detail, errors } = (await as(manager).post('/api/tasks', body)).body;
    expect(errors.map(({ message }: { message: string }) => message)).toEqual(expect.arrayContaining(messages));
    expect(detail).toContain(messages[0]);
  });

  it('lists twenty errors and the number of further ones, with truncated names', async () => {
    const fields = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${'k'.repeat(400)}${i}`, null]));
    const { status, body, text } = await as(manager).post('/api/tasks', fields);
    expect([status, body.errors.length]).toEqual([422, 20]);
    expect(body.detail).toMatch(/; and 19\d\d more$/);
    expect(text.length).toBeLessThan(10_000);
  });

  it('keeps a byte order mark that is part of a text', async () => {
    const task = { title: 'a\ufeffb', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: manager.id };
    expect((await as(manager).post('/api/tasks', task)).body.title).toBe('a\ufeffb');
  });

  it.each([
    ['/api/tags', { name: ['abc'] }, 'name must be a string'],
    ['/api/auth/login', { username: ['abc'], password: 7 }, 'username must be a string; password must be a string'],
    [
      '/api/auth/register',
      { username: 7, email: ['a@b.org'], password: ['x'.repeat(450)] },
      'username must be a string; email must be an e-mail address; password must be a string',
    ],
    [
      '/api/auth/password/reset',
      { token: {}, new_password: [] },
      'token must be a string; new_password must be a string',
    ],
    ['/api/tasks/bulk-update', { task_ids: 'x', status: ['pending'] }, 'task_ids must be a list'],
  ])('names a wrong type before a wrong length, at %s: %j', async (path, body, detail) => {
    const answer = await as(manager).post(path, body);
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining(detail)]);
  });

  it('names a wrong type first for every text field of every body', async () => {
    const rules = [...(getMetadataStorage() as unknown as Stored).validationMetadatas.values()].flat();
    const texts = rules.filter(({ name, each }) => name === 'isString' && !each);
    expect(texts.length).toBeGreaterThan(20);
    const validation = new DtoValidationPipe();
    const inputs = [['abc'], ['x'.repeat(300_000)], { a: 1 }, 7, true];
    for (const { target, propertyName } of texts) {
      for (const value of inputs) {
        const rejected = validation.transform({ [propertyName]: value }, { type: 'body', metatype: target });
        const { errors } = (await rejected.catch((error: Problem) => error.extras)) as Problem['extras'];
        const codes = errors?.filter(({ field }) => field === propertyName).map(({ code }) => code);
        expect([target.name, propertyName, codes]).toEqual([target.name, propertyName, ['is_string']]);
      }
    }
  });

  const errorsOf = async (path: string, body: object) => {
    const answer = await as(manager)[path.startsWith('/api/auth/users') ? 'patch' : 'post'](path, body);
    return [answer.status, answer.body.detail as string];
  };
  const task = (title: string) => ({
    ...{ title, estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: manager.id },
  });

  // Of no width, joiners, an accent on nothing, a filler of Hangul, the blank of Braille, what picks a shape.
  it.each(['\u200b', '\u2060\u200d \u00ad', '\u0301', '\u3164', '\u2800', '\ufe0f', '\u{e0041}'])(
    'names what shows nothing: %j',
    async (unseen) => {
      const message = (field: string) => [422, `${field} must have at least one visible character`];
      expect(await errorsOf('/api/tasks', task(unseen))).toEqual(message('title'));
      expect(await errorsOf('/api/tags', { name: unseen })).toEqual(message('name'));
      const user = `/api/auth/users/${manager.id}`;
      expect(await errorsOf(user, { timezone: 'Asia/Tokyo', reason: unseen })).toEqual(message('reason'));
      const headers = { authorization: `Bearer ${manager.token}`, 'x-change-reason': utf8(unseen) };
      const answer = await app.nest.inject({ method: 'POST', url: '/api/tags', headers, payload: { name: 'a' } });
      expect(answer.json()).toMatchObject({ status: 422, detail: message('X-Change-Reason')[1] });
      const account = { username: unseen.repeat(3), email: 'unseen@mail.test', password: 'tRial-site-77' };
      const registered = await as(app).post('/api/auth/register', account);
      expect([registered.status, registered.body.errors[0].field]).toEqual([422, 'username']);
    },
  );

  it('explains the rule for usernames without a letter or digit, or with invisible characters', async () => {
    for (const username of ['\u0301\u0301\u0301', '...', '@@@', 'asha\ufe0f', 'asha\u3164', 'as\u034fha']) {
      const { status, body } = await as(app).post('/api/auth/register', {
        ...{ username, email: 'unseen@mail.test', password: 'tRial-site-77' },
      });
      expect([username, status, body.detail]).toEqual([
        ...[username, 422, 'username must have at least one letter or digit, and no invisible characters'],
      ]);
    }
  });

  it('accepts any visible text', async () => {
    for (const text of ['?', '7', '…', '☃️', '患', 'نص', '👩‍⚕️', 'e\u0301', '\u200bx']) {
      const made = await as(manager).post('/api/tasks', task(text));
      expect([made.status, made.body.title]).toEqual([201, text.normalize('NFC')]);
      expect((await as(manager).post('/api/tags', { name: text })).status).toBe(201);
    }
    for (const username of ['नीता_1', 'ngô.văn', '007', 'a--', 'محمد']) {
      const account = { username, email: `shown${username.codePointAt(0)}@mail.test`, password: 'tRial-site-77' };
      expect([username, (await as(app).post('/api/auth/register', account)).status]).toEqual([username, 201]);
    }
  });

  it.each(['limit=x', 'limit=0', 'limit=1001', 'limit=5&limit=6'])(
    'says of ?%s what is wrong with it',
    async (query) => {
      const { body } = await as(manager).get(`/api/tasks?${query}`);
      expect(body.detail).toBe('limit must be a whole number from 1 to 1000, given once');
    },
  );

  it.each([
    ...[
      '/tasks?q=a&q=b',
      '/tasks?q=',
      '/auth/users?q=a&q=b',
      '/audit/entries?q=a&q=b',
      '/audit/entries?reason=a&reason=b',
    ],
    ...['/audit/entries?request_id=a&request_id=b', '/audit/requests?request_id=a&request_id=b'],
    ...['/audit/requests?path=/api&path=/api', '/tasks/export.csv?q=a&q=b'],
  ])('rejects a text parameter that is given twice: %s', async (path) => {
    const { status, body } = await as(auditor).get(`/api${path}`);
    expect([status, body.detail]).toEqual([
      422,
      expect.stringMatching(/^(q|reason|request_id|path) must be text of 1 to \d+ characters, given once$/),
    ]);
  });

  it.each(['/tasks', '/auth/users', '/tags', '/notifications', '/audit/entries', '/audit/redactions'])(
    'says of a cursor that it is given once: %s',
    async (path) => {
      const { status, body } = await as(auditor).get(`/api${path}?limit=1&cursor=a&cursor=b`);
      expect([status, body.detail]).toEqual([422, 'cursor must be that of the Link of the page before, given once']);
    },
  );
});
