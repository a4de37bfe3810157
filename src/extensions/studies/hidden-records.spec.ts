import { aTask, type TestActor } from '../../../test/kit.js';
import { PERSONAS, rightsOf, STATES, type Persona, type Place, type State } from './every-endpoint-model.spec-kit.js';
import { WalkedStudy } from './every-endpoint-study.spec-kit.js';
import { registryRecord, STUDY_ID } from './every-endpoint-table.spec-kit.js';
import { disclosed, listOf, NONE, resultOf, Walk } from './every-endpoint-walk.spec-kit.js';

const [MEMBERS, LOCKED, OPEN] = STATES as [State, State, State];
/** Types of the audit trail, by kind of record. */
const AUDITED = {
  study: 'study',
  site: 'study_site',
  member: 'study_member',
  milestone: 'study_milestone',
  monitoring_visit: 'monitoring_visit',
  deviation: 'protocol_deviation',
  training: 'study_training',
};

interface Imported {
  readonly outcome: string;
  readonly study_id: number | null;
  readonly conflicts: readonly { readonly code: string }[];
}

describe('Hidden records of a study', () => {
  let walked: WalkedStudy;
  let walk: Walk;
  /** A task of no study, which every manager sees. */
  let task: number;

  beforeAll(async () => {
    walked = await WalkedStudy.start();
    walk = new Walk(walked);
    await walked.enter(MEMBERS);
    task = (await aTask(walked.app, (walked.who('monitor of site A') as TestActor).id)).id;
  });
  afterAll(() => walked.app.stop());

  const studyId = () => walked.target('study').study;
  const idAt = (kind: string, place: 'A' | 'B' | 'wide') => walked.target(place, kind).record;

  /** @returns the answer, and whether one that names no record is the same but for its id */
  async function compared(persona: Persona, method: string, path: string, body: (id: number) => object, id: number) {
    const answer = await walk.request(persona, method, path, body(id));
    const none = await walk.request(persona, method, path, body(NONE));
    const [real, missing] = [disclosed(answer, { id }), disclosed(none, { id })];
    return `${resultOf(answer)}, ${real === missing ? 'as of none' : `${real} unlike ${missing}`}`;
  }

  describe.each(['manager of site A', 'monitor of site A'] as const)('that the %s names', (persona) => {
    it.each([
      ['monitoring-visits', 'monitoring_visit'],
      ['deviations', 'deviation'],
    ])('as the new site of one of %s are not found', async (path, kind) => {
      const at = `/api/studies/${studyId()}/${path}/${idAt(kind, 'A')}`;
      const moved = await compared(persona, 'patch', at, (site_id) => ({ site_id }), idAt('site', 'B'));
      expect(moved).toBe('404 site_not_found, as of none');
    });

    it('as the monitoring visit of a deviation are not found', async () => {
      const path = `/api/studies/${studyId()}/deviations`;
      const visit = idAt('monitoring_visit', 'B');
      const found = (monitoring_visit_id: number) => ({ monitoring_visit_id });
      const created = (id: number) => ({
        ...found(id),
        site_id: idAt('site', 'A'),
        term: 'Late',
        start_date: '2026-11-01',
        identified_on: '2026-11-02',
      });
      const results = [
        await compared(persona, 'patch', `${path}/${idAt('deviation', 'A')}`, found, visit),
        await compared(persona, 'post', path, created, visit),
      ];
      const expected = '404 monitoring_visit_not_found, as of none';
      expect(results).toEqual([expected, expected]);
    });

    it('in the link of a task are not found', async () => {
      const [at, free] = [`/api/tasks/${idAt('task', 'A')}/study`, `/api/tasks/${task}/study`];
      const link = { study_id: studyId(), kind: 'other' };
      const toSite = (site_id: number) => ({ ...link, site_id });
      const results = [
        await compared(persona, 'put', at, toSite, idAt('site', 'B')),
        await compared(persona, 'put', free, toSite, idAt('site', 'B')),
      ];
      expect(results).toEqual(Array(2).fill('404 site_not_found, as of none'));
      for (const kind of ['site', 'monitoring_visit', 'deviation', 'milestone', 'training']) {
        const from = (id: number) => ({ ...toSite(idAt('site', 'A')), origin: `${kind}:${id}` });
        const id = idAt(kind, kind === 'training' ? 'wide' : 'B');
        expect(await compared(persona, 'put', free, from, id)).toBe(`404 ${kind}_not_found, as of none`);
      }
    });

    it('in a file of deviations are read as of no site', async () => {
      const header = 'STUDYID,USUBJID,SITEID,DVSPID,DVTERM,DVSTDTC';
      const row = (site: string, participant = '') =>
        `${STUDY_ID},${participant && `${STUDY_ID}-${participant}`},${site},NEW-1,Late,2026-11-01`;
      const errorsOf = async (line: string) => {
        const path = `/api/studies/${studyId()}/deviations/import`;
        const csv = { 'Content-Type': 'text/csv' };
        const { status, body } = await walk.request(persona, 'post', path, `${header}\n${line}`, csv);
        return [status, body.records?.[0].outcome, body.records?.[0].errors];
      };
      expect(await errorsOf(row('B'))).toEqual(await errorsOf(row('Z')));
      expect(await errorsOf(row('', 'B-001'))).toEqual(await errorsOf(row('', 'Z-001')));
      expect((await errorsOf(row('B'))).slice(0, 2)).toEqual([200, 'rejected']);
    });
  });

  it('are not found as the study of a task that every manager sees', async () => {
    for (const persona of ['manager outside', 'manager of the past', 'manager of tomorrow'] as const) {
      const link = (study_id: number) => ({ study_id, kind: 'other' });
      const result = await compared(persona, 'put', `/api/tasks/${task}/study`, link, studyId());
      expect([persona, result]).toEqual([persona, '404 study_not_found, as of none']);
    }
  });

  it.each([
    { state: MEMBERS, outcomes: ['changed', 'not_yours', 'study_exists', 'study_exists', 'study_exists'] },
    { state: LOCKED, outcomes: ['study_locked', 'not_yours', 'study_exists', 'study_exists', 'study_exists'] },
    { state: OPEN, outcomes: ['changed', 'changed', 'changed', 'changed', 'changed'] },
  ])('are not imported: of a study that is $state.name', async ({ state, outcomes }) => {
    await walked.enter(state);
    const found: string[] = [];
    for (const persona of PERSONAS.slice(0, outcomes.length)) {
      const record = registryRecord(STUDY_ID);
      const { body } = await walk.request(persona, 'post', '/api/studies/import?dry_run=true', record);
      const { outcome, study_id, conflicts } = body.records[0] as Imported;
      found.push(outcome === 'conflict' ? (conflicts[0]?.code ?? '') : outcome);
      if (found.at(-1) === 'study_exists') expect([persona, study_id]).toEqual([persona, null]);
    }
    expect(found).toEqual(outcomes);
  });

  it.each([MEMBERS, OPEN])('have no entries in the audit trail of a study that is $name', async (state) => {
    await walked.enter(state);
    for (const persona of ['project manager', 'manager of site A', 'manager of the past', 'auditor'] as const) {
      const visible = rightsOf(persona, state).visible ?? [];
      for (const [kind, type] of Object.entries(AUDITED)) {
        const { body } = await walk.request(persona, 'get', `/api/audit/entries?entity_type=${type}&limit=100`);
        const records = [...(walked.records.get(kind) ?? [])];
        const expected = records.filter(([, place]) => visible.includes(place)).map(([id]) => String(id));
        expect([persona, kind, listOf(idsIn(body))]).toEqual([persona, kind, listOf(expected)]);
        const [id, place] = records.at(-1) as [number, Place];
        const { status } = await walk.request(persona, 'get', `/api/audit/entities/${type}/${id}`);
        expect([persona, kind, status]).toEqual([persona, kind, visible.includes(place) ? 200 : 404]);
      }
    }
  });

  it('have no audit trail that developers read', async () => {
    for (const persona of ['monitor of site A', 'developer with a task of B'] as const)
      for (const path of ['entries?entity_type=study', `entities/study/${studyId()}`])
        expect(resultOf(await walk.request(persona, 'get', `/api/audit/${path}`))).toBe('403 role_not_allowed');
  });

  const idsIn = (entries: unknown): string[] => [
    ...new Set((entries as { entity_id: number }[]).map(({ entity_id }) => String(entity_id))),
  ];
});
