import { earlierCheckpoints } from '../../../src/audit/evidence/evidence.queries.js';
import { Database } from '../../../src/infrastructure/database/database.js';
import { anActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { entriesIn, manifestIn, read, takeEvidence, unpack } from '../../support/evidence.js';
import { intruder } from '../../support/seals.js';

describe('the earlier checkpoints of a bundle', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('are those of the latest bundles, and of the last one of each day', async () => {
    const auditor = await anActor(app, 'auditor');
    const folders: string[] = [];
    for (let i = 0; i < 7; i++) folders.push(await unpack(await takeEvidence(auditor)));
    const sizes = folders.map((folder) => manifestIn(folder).tree.size);
    const newest = folders.at(-1) as string;
    const proven = read(newest, 'consistency.ndjson').split('\n').slice(0, -1);
    expect(proven.map((line) => (JSON.parse(line) as { from: number }).from)).toEqual(sizes.slice(0, -1));

    const exports = entriesIn(newest).filter(({ leaf }) => leaf.action === 'audit.exported');
    const days = [3, 3, 3, 2, 1, 1, 0];
    const thief = await intruder(app);
    for (const [i, { leaf }] of exports.entries())
      await thief.query(
        `UPDATE audit_trail SET occurred_at = '2026-11-10T12:00:00Z'::timestamptz - make_interval(days => $1) WHERE id = $2`,
        [days[i], leaf.id],
      );
    await thief.end();
    const database = app.nest.get(Database);
    const earlier = async (size: number, latest: number) =>
      (await earlierCheckpoints((statement) => database.rows(statement), size, latest)).map((row) => Number(row.size));
    const [, , third, fourth, fifth, sixth, last = 0] = sizes;
    expect(await earlier(last, 3)).toEqual([third, fourth, fifth, sixth]);
    expect(await earlier(last, 2)).toEqual([third, fourth, sixth]);
    expect(await earlier(last, 100)).toEqual(sizes.slice(0, -1));
    expect(await earlier(fifth as number, 0)).toEqual([third, fourth]);
  });
});
