import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Client } from 'pg';
import { as } from '../../../../../test/kit.js';
import { StudyWorld } from '../../study-world.spec-kit.js';

const ROWS = 10_000;
const HEADER = 'STUDYID,USUBJID,SITEID,DVSPID,DVTERM,DVCAT,DVSTDTC';
const MAX_BLOCK_MS = 250;

describe(`An import of ${ROWS} deviations`, () => {
  let world: StudyWorld;
  let path: string;

  beforeAll(async () => {
    world = await StudyWorld.start();
    path = await world.aStudy({ sponsor_protocol_identifier: 'BIG-1' });
    await world.created(`${path}/sites`, { facility: 'Basel', site_number: '104' });
  });
  afterAll(() => world.app.stop());

  const file = (category: string) =>
    [
      HEADER,
      ...Array.from(
        { length: ROWS },
        (_, n) => `BIG-1,BIG-1-104-${n},104,PD-${n},Deviation ${n},${category} ${n},2026-10-12`,
      ),
    ].join('\n');

  /** Sends a file, and measures statements and the longest block of the event loop. */
  async function send(text: string) {
    const query = jest.spyOn(Client.prototype, 'query');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const begun = Date.now();
    const { status, body } = await as(world.manager).post(`${path}/deviations/import`, text, {
      'Content-Type': 'text/csv',
    });
    delay.disable();
    const [statements, block] = [query.mock.calls.length, Math.round(delay.max / 1e6)];
    query.mockRestore();
    process.stdout.write(`  ${Date.now() - begun} ms, ${statements} statements, longest block ${block} ms\n`);
    return { status, body, statements, block };
  }

  it.each([
    ['creates them', 'A', 'created_count'],
    ['leaves them unchanged', 'A', 'unchanged_count'],
    ['changes each of them', 'B', 'changed_count'],
  ])('%s in few statements, and blocks no other request for long', async (_, category, count) => {
    const { status, body, statements, block } = await send(file(category));
    expect([status, body[count]]).toEqual([200, ROWS]);
    expect(statements).toBeLessThan(80);
    expect(block).toBeLessThan(MAX_BLOCK_MS);
  });

  it('is exported in parts', async () => {
    const { text } = await as(world.manager).get(`${path}/deviations/export.csv`);
    expect(text.split('\r\n')).toHaveLength(ROWS + 2);
  });
});
