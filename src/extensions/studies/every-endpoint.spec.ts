import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { as } from '../../../test/kit.js';
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
import { OPERATIONS, type Row, type Target } from './every-endpoint-table.spec-kit.js';

interface Operation {
  readonly parameters?: readonly { readonly name?: string }[];
  readonly responses: Readonly<Record<string, object>>;
}
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Answer = Awaited<ReturnType<ReturnType<typeof as>['get']>>;

const { paths } = JSON.parse(readFileSync(join(__dirname, 'openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const DOCUMENTED = new Map<string, Operation>(
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as [string, Operation],
    ),
  ),
);
/** Ids of no record. */
const NONE = 987_654_321;

describe('The table of the walk', () => {
  it('has each operation of the extension', () => {
    expect(Object.keys(OPERATIONS).sort()).toEqual([...DOCUMENTED.keys()].sort());
  });
});

describe('Every endpoint', () => {
  let walked: WalkedStudy;

  beforeAll(async () => {
    walked = await WalkedStudy.start();
  });
  afterAll(() => walked.app.stop());

  describe.each(STATES)('of a study that is $name', (state) => {
    beforeAll(() => walked.enter(state));

    it.each(Object.entries(OPERATIONS))('%s', async (name, row) => {
      const [found, model]: [Record<string, string>, Record<string, string>] = [{}, {}];
      for (const persona of PERSONAS) {
        for (const place of row.at) {
          const expected = expectedOf(name, row, persona, state, place);
          const about = `${persona}, ${place}`;
          model[about] = expected;
          found[about] = await walk(name, row, persona, place, expected);
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
    const instead = row.instead?.(state, place);
    if (instead) return instead;
    if (refusal) return refusal;
    const status = Object.keys(DOCUMENTED.get(name)?.responses ?? {}).find((code) => code.startsWith('2')) as string;
    return row.shows ? `${status}: ${expectedShown(row.shows, persona, state)}` : status;
  }

  const isAboutNone = (refusal: string) => refusal.startsWith('404') || refusal.endsWith('role_not_allowed');

  function expectedShown({ kinds, by }: Shown, persona: Persona, state: State): string {
    const rights = rightsOf(persona, state);
    return listOf(
      kinds.flatMap((kind) => {
        const places = kind.endsWith('task') ? rights.tasks : rights[by];
        return [...(walked.records.get(kind)?.values() ?? [])]
          .filter((place) => places?.includes(place))
          .map((place) => `${kind} ${place}`);
      }),
    );
  }

  const listOf = (shown: readonly string[]) => [...shown].sort().join(', ');

  async function walk(name: string, row: Row, persona: Persona, place: Place, expected: string): Promise<string> {
    const target = await targetOf(name, row, place, expected);
    const answer = await send(name, row, persona, target);
    await undo(name, row, target, answer);
    const code = (answer.body as { code?: string } | undefined)?.code;
    const found = code ? `${answer.status} ${code}` : String(answer.status);
    if (isAboutNone(found)) {
      const none = await send(name, row, persona, namingNone(target, code));
      const [real, missing] = [disclosed(answer, target), disclosed(none, target)];
      return `${found}, ${real === missing ? 'as of none' : `${real} unlike ${missing}`}`;
    }
    return row.shows && answer.ok ? `${found}: ${listOf(row.shows.read(answer, walked.placeOf))}` : found;
  }

  /** What is to be removed is a record of its own. */
  async function targetOf(name: string, row: Row, place: Place, expected: string): Promise<Target> {
    const target = walked.target(place, row.kind);
    const isRemoved = name.startsWith('DELETE') && expected === '204' && row.kind && row.kind !== 'task';
    return isRemoved ? { ...target, record: await walked.another(row.kind, target) } : target;
  }

  const namingNone = (target: Target, code: string | undefined): Target =>
    code === 'study_not_found'
      ? { ...target, study: NONE }
      : { ...target, record: NONE, site: target.site === null ? null : NONE };

  function send(name: string, row: Row, persona: Persona, target: Target): Promise<Answer> {
    const [method = '', path = ''] = name.split(' ');
    const ofRecord = path.includes('{study_id}') || path.startsWith('/api/tasks');
    const address = path
      .replace('{study_id}', String(target.study))
      .replace('{id}', String(ofRecord ? target.record : target.study));
    const query = row.query ?? (isPaged(name) ? '?include_total=true' : '');
    return request(persona, method, address + query, row.body?.(target), row.headers);
  }

  const isPaged = (name: string) =>
    DOCUMENTED.get(name)?.parameters?.some((parameter) => parameter.name === 'include_total');

  function request(persona: Persona, method: string, path: string, body?: unknown, headers?: Row['headers']) {
    const sender = as(walked.who(persona));
    const verb = method.toLowerCase() as Method;
    return verb === 'get' || verb === 'delete' ? sender[verb](path) : sender[verb](path, body, headers);
  }

  async function undo(name: string, row: Row, target: Target, answer: Answer): Promise<void> {
    if (!answer.ok) return;
    const { id } = answer.body as { id: number };
    if (row.creates) await walked.remove(row.creates, id);
    if (name === 'DELETE /api/tasks/{id}/study') await walked.linkAgain(target);
    if (name.endsWith('lock')) await walked.enter();
  }

  /** All that an answer tells, without its time and the ids that the request named. */
  function disclosed({ status, headers, body }: Answer, target: Target): string {
    const { request_id: _, ...rest } = body as Record<string, unknown>;
    const ids = [...Object.values(target), NONE].filter((value) => typeof value === 'number' && value > 0);
    return JSON.stringify([status, (headers as Record<string, string>).etag, rest])
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g, 'now')
      .replaceAll(new RegExp(`\\b(?:${ids.join('|')})\\b`, 'g'), '#');
  }
});
