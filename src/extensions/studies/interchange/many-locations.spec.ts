import { Client } from 'pg';
import { as, sql } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';
import { aRecord, imported, manyLocations } from './records.spec-kit.js';

describe('A record with 500 locations', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const textOf = ([query]: readonly unknown[]): string =>
    typeof query === 'string' ? query : ((query as { text?: string }).text ?? '');
  /** Statements of an import, not those that the product sends every few seconds. */
  const isOfImport = (text: string) =>
    /\bstud(?:y|ies)|audit_trail/.test(text) && !/user_sessions|api_audit_logs/.test(text);

  async function statementsOf(work: () => Promise<unknown>): Promise<number> {
    const query = jest.spyOn(Client.prototype, 'query');
    try {
      await work();
      return query.mock.calls.map(textOf).filter(isOfImport).length;
    } finally {
      query.mockRestore();
    }
  }

  it('takes hardly more statements than one with five, and seconds at most', async () => {
    const { manager } = world;
    const [few, many] = [aRecord(manyLocations(5)), aRecord(manyLocations(500))];
    await imported(manager, aRecord(manyLocations(2)));
    const ofFew = await statementsOf(() => imported(manager, few));
    const started = performance.now();
    const ofMany = await statementsOf(() => imported(manager, many));
    expect(performance.now() - started).toBeLessThan(20_000);
    // An insert of n rows takes a statement for each power of two in n.
    expect(ofMany - ofFew).toBeLessThanOrEqual(8);
    const changed = (record: typeof few) => {
      for (const location of record.protocolSection.contactsLocationsModule?.locations ?? []) {
        location.status = 'COMPLETED';
        location.zip = '50937';
      }
      return imported(manager, record);
    };
    const changesOfFew = await statementsOf(() => changed(few));
    // Background reads of the product may fall into either count.
    expect(await statementsOf(() => changed(many))).toBeLessThanOrEqual(changesOfFew + 6);
    const { study_id, outcome } = await imported(manager, many);
    expect(outcome).toBe('unchanged');
    const [trail] = await world.app.rows<{ created: number; changed: number }>(sql`SELECT
        count(*) FILTER (WHERE action = 'study_site.created')::int AS created,
        count(*) FILTER (WHERE action = 'study_site.updated')::int AS changed
      FROM audit_trail WHERE entity_type = 'study_site'
        AND entity_id IN (SELECT id FROM study_sites WHERE study_id = ${study_id})`);
    expect(trail).toEqual({ created: 500, changed: 500 });
    const { body } = await as(manager).get(`/api/studies/${study_id}/export`);
    expect(body.protocolSection.contactsLocationsModule.locations).toHaveLength(500);
    expect(body.protocolSection.contactsLocationsModule.locations[499]).toEqual({
      facility: 'Clinic 499',
      status: 'COMPLETED',
      city: 'Town 19',
      zip: '50937',
      country: 'Germany',
      contacts: [{ name: 'Dr 499', role: 'PRINCIPAL_INVESTIGATOR' }],
    });
  }, 120_000);
});
