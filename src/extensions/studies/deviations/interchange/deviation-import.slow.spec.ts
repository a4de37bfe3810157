import { Client } from 'pg';
import { as, leastOf, longestTurn } from '../../../../../test/kit.js';
import { StudyWorld } from '../../study-world.spec-kit.js';

const ROWS = 10_000;
const HEADER = 'STUDYID,USUBJID,SITEID,DVSPID,DVTERM,DVCAT,DVSTDTC';
const MAX_BLOCK_MS = 200;

describe(`${ROWS} imported deviations`, () => {
  let world: StudyWorld;
  let studies = 0;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const file = (protocol: string, category: string) =>
    [
      HEADER,
      ...Array.from(
        { length: ROWS },
        (_, n) => `${protocol},${protocol}-104-${n},104,PD-${n},Deviation ${n},${category} ${n},2026-10-12`,
      ),
    ].join('\n');

  /** Sends a file, and measures statements and the longest block of the event loop. */
  async function send(path: string, text: string) {
    const query = jest.spyOn(Client.prototype, 'query');
    const begun = Date.now();
    const answers: Awaited<ReturnType<ReturnType<typeof as>['post']>>[] = [];
    const block = await longestTurn(async () => {
      answers.push(await as(world.manager).post(`${path}/deviations/import`, text, { 'Content-Type': 'text/csv' }));
    });
    const statements = query.mock.calls.length;
    query.mockRestore();
    process.stdout.write(
      `  ${Date.now() - begun} ms, ${statements} statements, longest block ${Math.round(block)} ms\n`,
    );
    const [{ status, body }] = answers as [(typeof answers)[number]];
    return { status, body, statements, block };
  }

  /** Creates, confirms and changes the deviations of a new study. @returns the longest block */
  async function importAll(): Promise<number> {
    const protocol = `BIG-${++studies}`;
    const path = await world.aStudy({ sponsor_protocol_identifier: protocol });
    await world.created(`${path}/sites`, { facility: 'Basel', site_number: '104' });
    const blocks: number[] = [];
    for (const [category, count] of [
      ['A', 'created_count'],
      ['A', 'unchanged_count'],
      ['B', 'changed_count'],
    ] as const) {
      const { status, body, statements, block } = await send(path, file(protocol, category));
      expect([status, body[count]]).toEqual([200, ROWS]);
      expect(statements).toBeLessThan(ROWS / 50);
      blocks.push(block);
    }
    const { text } = await as(world.manager).get(`${path}/deviations/export.csv`);
    expect(text.split('\r\n')).toHaveLength(ROWS + 2);
    return Math.max(...blocks);
  }

  it('are created, confirmed and changed in few statements, block no other request for long, and are exported', async () => {
    expect(await leastOf(MAX_BLOCK_MS, importAll)).toBeLessThan(MAX_BLOCK_MS);
  }, 300_000);

  it.each([
    ['very many blank lines', HEADER + '\n'.repeat(100_000), 'too_many_rows'],
    ['16 MiB of empty cells in its header', ','.repeat(16 * 1024 * 1024), 'too_many_cells'],
    ['16 MiB of empty cells in a row', `${HEADER}\n`.padEnd(16 * 1024 * 1024, ','), 'too_many_cells'],
  ])(
    'are refused in a file with %s, which blocks no other request',
    async (_, text, code) => {
      const path = await world.aStudy();
      const refused = async () => {
        const { status, body, block } = await send(path, text);
        expect([status, body.errors[0].code]).toEqual([422, code]);
        return block;
      };
      expect(await leastOf(MAX_BLOCK_MS, refused)).toBeLessThan(MAX_BLOCK_MS);
    },
    300_000,
  );
});
