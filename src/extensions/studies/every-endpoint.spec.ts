import {
  PERSONAS,
  refusalOf,
  rightsOf,
  STATES,
  type Persona,
  type Place,
  type State,
} from './every-endpoint-model.spec-kit.js';
import { type Shown } from './every-endpoint-shown.spec-kit.js';
import { WalkedStudy } from './every-endpoint-study.spec-kit.js';
import { OPERATIONS, type Row } from './every-endpoint-table.spec-kit.js';
import { DOCUMENTED, isAboutNone, listOf, Walk } from './every-endpoint-walk.spec-kit.js';

describe('The table of the walk', () => {
  it('has each operation of the extension', () => {
    expect(Object.keys(OPERATIONS).sort()).toEqual([...DOCUMENTED.keys()].sort());
  });
});

describe('Every endpoint', () => {
  let walked: WalkedStudy;
  let walk: Walk;

  beforeAll(async () => {
    walked = await WalkedStudy.start();
    walk = new Walk(walked);
  });
  afterAll(() => walked.app.stop());

  describe.each(STATES)('of a study that is $name', (state) => {
    beforeAll(() => walked.enter(state));

    it.each(Object.entries(OPERATIONS))('%s', async (name, row) => {
      const [found, model]: [Record<string, string>, Record<string, string>] = [{}, {}];
      for (const persona of PERSONAS) {
        for (const place of persona === 'anonymous' ? row.at.slice(0, 1) : row.at) {
          const expected = expectedOf(name, row, persona, state, place);
          const about = `${persona}, ${place}`;
          model[about] = expected;
          found[about] = await walk.through(name, row, persona, place, expected);
        }
      }
      expect(found).toEqual(model);
    });
  });

  /** Status and code, or what is shown; with what is hidden as if there was none. */
  function expectedOf(name: string, row: Row, persona: Persona, state: State, place: Place): string {
    const question = { rule: row.rule, kind: row.kind, creates: row.creates !== undefined };
    const refusal = refusalOf(persona, state, place, question);
    const mayChange = refusal === undefined || refusal === '409 study_locked';
    if (!mayChange) return isAboutNone(refusal) ? `${refusal}, as of none` : refusal;
    const instead = row.instead?.(state, place) ?? refusal;
    if (instead) return instead;
    const { parameters, responses } = DOCUMENTED.get(name) ?? { responses: {} };
    const status = Object.keys(responses).find((code) => code.startsWith('2')) as string;
    if (!row.shows) return status;
    const shown = expectedShown(row.shows, persona, state);
    const atB = shown.filter((record) => record.endsWith(' B'));
    const isBySite = parameters?.some((parameter) => parameter.name === 'site_id');
    return `${status}: ${listOf(shown)}${isBySite ? `; at B: ${listOf(atB)}` : ''}`;
  }

  function expectedShown({ kinds, by }: Shown, persona: Persona, state: State): string[] {
    const rights = rightsOf(persona, state);
    return kinds.flatMap((kind) => {
      const places = kind.endsWith('task') ? rights.tasks : rights[by];
      return [...(walked.records.get(kind)?.values() ?? [])]
        .filter((place) => places?.includes(place))
        .map((place) => `${kind} ${place}`);
    });
  }
});
