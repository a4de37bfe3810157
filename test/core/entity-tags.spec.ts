import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('the tag of a version', () => {
  let app: TestApp;
  let manager: TestActor;
  let path: string;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
  });
  beforeEach(async () => {
    path = `/api/tasks/${(await aTask(app, manager.id)).id}`;
    expect((await as(manager).patch(path, { description: 'Once' })).headers.etag).toBe('"2"');
  });
  afterAll(() => app.stop());

  const patch = (tag: string) => as(manager).patch(path, { description: 'Twice' }, { 'If-Match': tag });

  it.each(['"2"', 'W/"2"', '2', '*', ' * ', '"7", W/"2"', '"1","2"', 'W/"9" , "2-gzip", "2"'])(
    'is known in If-Match as %s, also where a proxy weakened it',
    async (tag) => {
      const { status, headers } = await patch(tag);
      expect([status, headers.etag]).toEqual([200, '"3"']);
    },
  );

  it.each(['"1"', 'W/"1"', '"1", W/"3"', '"1", "2-gzip"'])('of another version, as %s, is stale', async (tag) => {
    const { status, body } = await patch(tag);
    expect([status, body.code, body.current_version]).toEqual([412, 'stale_version', 2]);
  });

  it.each(['"2-gzip"', '"2;gzip"', 'w/"2"', '"33a64df5, 2"', '"', `"${'9'.repeat(200)}"`, ','])(
    'that is none of this API, as %s, is rejected as such, with what may have altered it',
    async (tag) => {
      for (const answer of [
        await patch(tag),
        await as(manager).put(path, await body(), { 'If-Match': tag }),
        await as(manager).delete(path, { 'If-Match': tag }),
      ]) {
        expect([answer.status, answer.body.code, answer.headers.etag]).toEqual([412, 'unknown_entity_tag', '"2"']);
        expect(answer.body.detail).toMatch(
          /^If-Match has .+, which is not a tag of this API.+proxy or CDN.+altered it/,
        );
        expect((answer.body.detail as string).length).toBeLessThan(400);
      }
    },
  );

  async function body(): Promise<object> {
    const { title, estimated_hours, deadline, assigned_to } = (await as(manager).get(path)).body as Record<
      string,
      unknown
    >;
    return { title, estimated_hours, deadline, assigned_to };
  }

  it.each(['"2"', 'W/"2"', '*', '"1", W/"2"'])('in If-None-Match, as %s, saves reading what is known', async (tag) => {
    const { status, text, headers } = await as(manager).get(path, { 'If-None-Match': tag });
    expect([status, text, headers.etag]).toEqual([304, '', '"2"']);
  });

  it.each(['"1"', 'W/"3"', '"2-gzip"', '22'])('in If-None-Match, as %s, is another one', async (tag) => {
    const { status, body } = await as(manager).get(path, { 'If-None-Match': tag });
    expect([status, body.version]).toEqual([200, 2]);
  });

  it('in If-None-Match does not disclose a task that its reader may not see', async () => {
    const stranger = await anActor(app, 'developer');
    expect((await as(stranger).get(path, { 'If-None-Match': '*' })).status).toBe(404);
  });

  it('of a document matches weakened, in a list, and as *', async () => {
    // The first answer builds it, and has no tag.
    await as(app).get('/openapi.json');
    const { headers } = await as(app).get('/openapi.json');
    for (const tag of [headers.etag, `W/${headers.etag}`, `"x", ${headers.etag}`, '*'])
      expect([tag, (await as(app).get('/openapi.json', { 'If-None-Match': String(tag) })).status]).toEqual([tag, 304]);
  });
});
