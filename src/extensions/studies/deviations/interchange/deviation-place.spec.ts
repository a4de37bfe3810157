import { as } from '../../../../../test/kit.js';
import { StudyWorld } from '../../study-world.spec-kit.js';
import { type DeviationImportRecord } from './deviation-import.dto.js';

const COLUMNS = 'STUDYID,USUBJID,SITEID,DVSPID,DVTERM,DVSTDTC,SUPPDV.monitoring_visit_id';

describe('The site and the monitoring visit of an imported deviation', () => {
  let world: StudyWorld;
  let path: string;
  let basel: number;
  let visitInBasel: number;
  let visitInBern: number;
  let count = 0;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());
  beforeEach(async () => {
    path = await world.aStudy({ sponsor_protocol_identifier: `CT-PLACE-${++count}` });
    basel = (await world.created(`${path}/sites`, { facility: 'Basel', site_number: '104' })).id;
    const { id: bern } = await world.created(`${path}/sites`, { facility: 'Bern', site_number: '10' });
    visitInBasel = await aVisit(basel);
    visitInBern = await aVisit(bern);
  });

  async function aVisit(site: number): Promise<number> {
    const member = { user_id: world.manager.id, role: 'monitor', site_id: site };
    await world.created(`${path}/members`, member);
    const visit = { site_id: site, type: 'interim', mode: 'on_site', planned_date: '2026-12-01' };
    return (await world.created(`${path}/monitoring-visits`, { ...visit, monitor_id: world.manager.id })).id;
  }

  async function imported(site: string, visit: number | '', columns = COLUMNS) {
    const row = [`CT-PLACE-${count}`, '', site, 'PD-1', 'Late visit', '2026-10-12', visit].join(',');
    const headers = { 'Content-Type': 'text/csv' };
    const { body } = await as(world.manager).post(`${path}/deviations/import`, `${columns}\n${row}`, headers);
    return (body.records as DeviationImportRecord[])[0];
  }
  const deviation = async () => {
    const { body } = await as(world.manager).get(`${path}/deviations`);
    return body[0] as { id: number; site_id: number; monitoring_visit_id: number | null };
  };

  it('stay together where a person changed one of them', async () => {
    await imported('104', '');
    const { id } = await deviation();
    const patched = await as(world.manager).patch(`${path}/deviations/${id}`, { monitoring_visit_id: visitInBasel });
    expect(patched.status).toBe(200);
    for (const visit of [visitInBern, ''] as const) {
      const { outcome, changes, conflicts } = (await imported('10', visit)) as DeviationImportRecord;
      expect([outcome, changes]).toEqual(['conflict', []]);
      expect(conflicts.map(({ field }) => field).sort()).toEqual(['monitoring_visit_id', 'site_id']);
      expect(await deviation()).toMatchObject({ site_id: basel, monitoring_visit_id: visitInBasel });
    }
  });

  it('are both set where no person changed them, also to no visit', async () => {
    await imported('104', visitInBasel);
    expect((await imported('10', ''))?.outcome).toBe('changed');
    expect((await deviation()).monitoring_visit_id).toBeNull();
    expect((await imported('104', visitInBasel))?.outcome).toBe('changed');
    expect(await deviation()).toMatchObject({ site_id: basel, monitoring_visit_id: visitInBasel });
    expect((await imported('104', visitInBern))?.errors[0]?.code).toBe('monitoring_visit_not_found');
  });
});
