import { once } from 'node:events';
import { mkdtempSync, readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCheckpoints } from '../../src/transparency-log/format/checkpoint.js';
import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { TestApp } from '../support/app.js';
import { processQueuedJobs } from '../support/queued-jobs.js';
import { waitFor } from '../support/wait-for.js';
import { intruder, someHistory, verified } from '../support/seals.js';

const file = join(mkdtempSync(join(tmpdir(), 'ctms-checkpoints-')), 'checkpoints.txt');
const posted: { type: string | undefined; body: string }[] = [];
let failures = 1;
let followed = 0;
const witness = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += String(part)));
  request.on('end', () => {
    if (request.url === '/elsewhere') followed++;
    if (failures-- > 0) return response.writeHead(302, { Location: '/elsewhere' }).end();
    posted.push({ type: request.headers['content-type'], body });
    return response.writeHead(204).end();
  });
});

let app: TestApp;
const written = () => (existsSync(file) ? parseCheckpoints(readFileSync(file, 'utf8')) : []);

beforeAll(async () => {
  await once(witness.listen(0, '127.0.0.1'), 'listening');
  app = await TestApp.start({
    AUDIT_CHECKPOINT_FILE: file,
    AUDIT_CHECKPOINT_WEBHOOK: `http://127.0.0.1:${(witness.address() as AddressInfo).port}/`,
  });
  await processQueuedJobs(app);
});
afterAll(async () => {
  await app.stop();
  witness.close();
});

describe('checkpoints', () => {
  it('leave the host when the tree has grown, and seldom enough', async () => {
    const send = () => app.nest.get(JobQueue).runNow('send-checkpoints');
    const past = await intruder(app);
    const minutesPass = (minutes: number) =>
      past.query(`UPDATE audit_departures SET left_at = left_at - make_interval(mins => ${minutes})`);
    expect(await send()).toBe(0);
    await someHistory(app, 5);
    expect(await send()).toBe(2);
    await someHistory(app, 5);
    await minutesPass(9);
    expect(await send()).toBe(0);
    await minutesPass(1);
    expect(await send()).toBe(2);
    await minutesPass(10);
    expect(await send()).toBe(0);
    await past.end();
    // The first attempt of the webhook is led elsewhere, which is no receipt; the queue tries again.
    await waitFor(() => posted.length === 2 && written().length === 2, 20_000);
    expect(written().map(({ checkpoint }) => checkpoint.size)).toEqual([5, 11]);
    expect(followed).toBe(0);
    expect(posted.map(({ type }) => type)).toEqual(Array(2).fill('text/plain; charset=utf-8'));
    expect(posted.map(({ body }) => body).sort()).toEqual(
      readFileSync(file, 'utf8')
        .match(/ctms[\s\S]*?\n\n.*\n/g)
        ?.sort(),
    );
    expect(await verified(app, written())).toMatchObject({ entries: 11 });
  }, 40_000);
});
