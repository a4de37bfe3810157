import { Agent, request, type ClientRequest } from 'node:http';
import { as, listening, waitFor, type TestActor } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';

const MIB = 1024 * 1024;
const SIZE = 16 * MIB;
const STUDIES = '/api/studies/import';

interface Answer {
  readonly status: number | undefined;
  readonly code: string;
  readonly retryAfter: string | undefined;
}

interface Upload {
  readonly sent: ClientRequest;
  readonly answer: Promise<Answer>;
}

describe('An upload whose end is withheld', () => {
  let world: StudyWorld;
  let url: string;
  let deviations: string;
  const agent = new Agent({ keepAlive: true });
  const open: ClientRequest[] = [];

  beforeAll(async () => {
    world = await StudyWorld.start();
    url = (await listening(world.app)).replace('ws', 'http');
    deviations = `${await world.aStudy()}/deviations/import`;
  });
  afterEach(async () => {
    open.splice(0).forEach((sent) => sent.destroy());
    await waitFor(async () => (await heldBytes()) === 0);
  });
  afterAll(async () => {
    agent.destroy();
    await world.app.stop();
  });

  const heldBytes = async () => {
    const { text } = await as(world.app).get('/metrics');
    return Number(/^ctms_budget_in_use\{resource="upload_bytes"\} (\d+)$/m.exec(text)?.[1]);
  };

  /** Sends the headers and the first byte of a body. */
  function upload(
    who: TestActor,
    path: string,
    length: Record<string, string> = { 'Content-Length': `${SIZE}` },
  ): Upload {
    const type = path === STUDIES ? 'application/json' : 'text/csv';
    const headers = { Authorization: `Bearer ${who.token}`, 'Content-Type': type, ...length };
    const sent = request(new URL(path, url), { method: 'POST', agent, headers });
    open.push(sent);
    const answer = new Promise<Answer>((resolve) => {
      sent
        .on('error', () => undefined)
        .on('response', (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += String(chunk)));
          response.on('end', () => {
            const { code } = JSON.parse(text) as { code: string };
            resolve({ status: response.statusCode, code, retryAfter: response.headers['retry-after'] });
          });
        });
    });
    sent.write('[');
    return { sent, answer };
  }

  const holding = async (mib: number) => waitFor(async () => (await heldBytes()) === mib * MIB);

  it.each([
    ['deviations', () => deviations],
    ['studies', () => STUDIES],
  ])(
    'leaves room for others: of %s',
    async (_, pathOf) => {
      const { manager, other } = world;
      const path = pathOf();
      const sent = [upload(manager, path), upload(manager, path)];
      await holding(32);
      expect(await upload(manager, path).answer).toEqual({ status: 429, code: 'too_many_requests', retryAfter: '1' });
      const small = await as(manager).post(path, '[', {
        'Content-Type': sent[0]?.sent.getHeader('Content-Type') as string,
      });
      expect(small.status).toBe(429);
      sent.push(upload(other, path), upload(other, path));
      await holding(64);
      // Both routes are open to a third manager or developer alike; a share that is not used does not help a full process.
      const { answer } = upload(world.developer, deviations);
      expect(await answer).toEqual({ status: 503, code: 'busy', retryAfter: '1' });
      sent[0]?.sent.destroy();
      await holding(48);
    },
    60_000,
  );

  it('counts as the largest one where its length is not known', async () => {
    upload(world.developer, deviations, { 'Transfer-Encoding': 'chunked' });
    await holding(16);
  });

  it('is answered at once where its study is hidden, locked or does not exist, and its connection goes on', async () => {
    const locked = await world.aStudy({ access: 'members' });
    await as(world.manager).post(`${locked}/lock`, { reason: 'Data base lock' });
    const refusals = [
      [world.developer, '/api/studies/999999', 404, 'study_not_found'],
      [world.developer, locked, 404, 'study_not_found'],
      [world.manager, locked, 409, 'study_locked'],
    ] as const;
    for (const [who, path, status, code] of refusals) {
      const { sent, answer } = upload(who, `${path}/deviations/import`);
      expect(await answer).toMatchObject({ status, code });
      const freed = new Promise((resolve) => agent.once('free', resolve));
      sent.end(Buffer.alloc(SIZE - 1, ','));
      await freed;
      const next = upload(who, '/api/studies/999999/deviations/import');
      expect([(await next.answer).status, next.sent.reusedSocket]).toEqual([404, true]);
      next.sent.destroy();
    }
    expect(await heldBytes()).toBe(0);
  }, 60_000);
});
