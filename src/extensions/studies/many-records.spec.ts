import { as, sql } from '../../../test/kit.js';
import { idOf, StudyWorld } from './study-world.spec-kit.js';

describe('Studies with many records', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  it('have all ending trainings counted, beyond those that the summary lists', async () => {
    const { app, manager, developer } = world;
    const path = await world.aStudy();
    await app.rows(sql`INSERT INTO study_trainings (study_id, user_id, course, completed_on, expires_on)
      SELECT ${idOf(path)}, ${developer.id}, 'Course ' || n, '2025-11-01', CASE WHEN n <= 120 THEN date '2026-11-01' ELSE '2026-11-20' END
      FROM generate_series(1, 150) n`);
    const { body } = await as(manager).get(`${path}/summary`);
    expect(body.counts).toMatchObject({ expired_trainings: 120, expiring_trainings: 30 });
    expect(body.ending_trainings).toHaveLength(100);
    expect(body.ending_trainings[0]).not.toHaveProperty('expired');
  });

  it('have a calendar of their latest dates, in order', async () => {
    const { app, manager } = world;
    const path = await world.aStudy();
    await app.rows(sql`INSERT INTO study_milestones (study_id, type, name, planned_date)
      SELECT ${idOf(path)}, 'other', 'Day ' || n, date '2020-01-01' + n FROM generate_series(1, 5003) n`);
    const { text } = await as(manager).get(`${path}/calendar.ics`);
    const names = [...text.matchAll(/Day (\d+)\r\n/g)].map(([, n]) => Number(n));
    expect(names).toEqual(Array.from({ length: 5000 }, (_, index) => index + 4));
  });
});
