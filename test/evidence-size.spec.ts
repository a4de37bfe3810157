import { createWriteStream, mkdtempSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sql from 'sql-template-tag';
import { Database } from '../src/database/database.js';
import { inclusionProofs } from '../src/evidence/proofs.js';
import { anActor, type TestActor } from './support/actors.js';
import { TestApp } from './support/app.js';
import { runVerifier } from './support/evidence.js';
import { someHistory } from './support/seals.js';

const ENTRIES = 40_000;
const MIB = 1024 * 1024;

describe(`evidence of ${ENTRIES} entries`, () => {
  let app: TestApp;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    auditor = await anActor(app, 'auditor');
    await someHistory(app, ENTRIES);
    await app.nest.listen(0, '127.0.0.1');
  }, 60_000);
  afterAll(() => app.stop());

  const ask = async (query = ''): Promise<IncomingMessage> => {
    const url = `${(await app.nest.getUrl()).replace('[::1]', '127.0.0.1')}/api/audit/evidence?${query}`;
    return new Promise((resolve, reject) => {
      get(url, { headers: { authorization: `Bearer ${auditor.token}` } }, resolve).on('error', reject);
    });
  };
  const busy = async () => {
    const [row] = await app.rows<{ n: number }>(sql`SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction'`);
    return row?.n;
  };

  it('streams in bounded memory, and verifies', async () => {
    const zip = join(mkdtempSync(join(tmpdir(), 'evidence-')), 'bundle.zip');
    const before = process.memoryUsage().rss;
    let peak = before;
    const timer = setInterval(() => { const m = process.memoryUsage(); if (m.rss > peak) { peak = m.rss; process.stdout.write(JSON.stringify({r: m.rss/MIB|0, h: m.heapUsed/MIB|0, t: m.heapTotal/MIB|0, e: m.external/MIB|0})+'\n'); } }, 200);
    const started = performance.now();
    await pipeline(await ask(), createWriteStream(zip));
    const sent = performance.now();
    clearInterval(timer);
    const { code, said } = await runVerifier(join(__dirname, '../dist/verifier/verify.mjs'), zip);
    const figures = [sent - started, performance.now() - sent, (peak - before) / MIB, statSync(zip).size / MIB];
    process.stdout.write(`sent, verified (ms), memory, zip (MiB): ${figures.map(Math.round).join(', ')}\n`);
    expect([code, said]).toEqual([0, expect.stringMatching(/^OK {2}40002 entries/)]);
    expect(peak - before).toBeLessThan(100 * MIB);
  }, 60_000);

  it('lets go of everything when the reader leaves', async () => {
    const answer = await ask();
    for await (const _ of answer) break;
    answer.destroy();
    for (let i = 0; i < 100 && (await busy()) !== 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await busy()).toBe(0);
  });

  it('proves one entry in less than 5 ms', async () => {
    const { pool } = app.nest.get(Database);
    const one = async (position: number) => {
      const started = performance.now();
      await inclusionProofs(async (statement) => (await pool.query(statement.text, statement.values)).rows, [position], ENTRIES);
      return performance.now() - started;
    };
    for (let i = 0; i < 20; i++) await one(i * 4000);
    const times = [];
    for (let i = 0; i < 200; i++) times.push(await one((i * 7919) % ENTRIES));
    times.sort((a, b) => a - b);
    process.stdout.write(`one inclusion proof (ms): median ${times[100]?.toFixed(2)}, p95 ${times[190]?.toFixed(2)}\n`);
    expect(times[100]).toBeLessThan(5);
  });
});
