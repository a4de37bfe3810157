import { anActor, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { takeEvidence } from '../support/evidence.js';
import { leastOf, longestTurn, MAX_BLOCK_MS } from '../support/loop-watch.js';
import { sealer } from '../support/seals.js';

const ENTRIES = 500;

let app: TestApp;
let auditor: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  auditor = await anActor(app, 'auditor');
});
afterAll(() => app.stop());

/** Entries of changes of the longest texts that a task may have. */
const longChanges = () =>
  app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, entity_version,
      entity_name, changes)
    SELECT 'asha', 'manager', 'task.updated', 'task', n, 2, 'Visit ' || n,
      jsonb_build_object('description', jsonb_build_array(repeat(md5(n::text), 1500), repeat(md5('b' || n), 1500)))
    FROM generate_series(1, ${ENTRIES}::int) n`);

const longestBlock = (work: () => Promise<unknown>): Promise<number> =>
  leastOf(MAX_BLOCK_MS, async () => {
    await longChanges();
    return longestTurn(async () => {
      await work();
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
  });

describe(`${ENTRIES} changes of long texts`, () => {
  it('are sealed while requests have their turns', async () => {
    expect(await longestBlock(() => sealer(app).integrate())).toBeLessThan(MAX_BLOCK_MS);
  }, 180_000);

  it('go into a bundle while requests have their turns', async () => {
    expect(await longestBlock(() => takeEvidence(auditor))).toBeLessThan(MAX_BLOCK_MS);
  }, 180_000);
});
