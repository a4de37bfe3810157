import { as } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';

describe('GET /api/studies/{id}/sites?country=', () => {
  let world: StudyWorld;
  let sites: string;

  beforeAll(async () => {
    world = await StudyWorld.start();
    sites = `${await world.aStudy()}/sites`;
    for (const country of ['Türkiye', 'Korea, Republic of', 'India'])
      await world.created(sites, { facility: `In ${country}`, country });
  });
  afterAll(() => world.app.stop());

  const countries = async (query: string) => {
    const { body } = await as(world.manager).get(`${sites}?sort=id&${query}`);
    return (body as { country: string }[]).map(({ country }) => country);
  };
  const country = (value: string) => `country=${encodeURIComponent(value)}`;

  it('finds a country in any form of Unicode', async () => {
    expect(await countries(country('Tu\u0308rkiye'))).toEqual(['Türkiye']);
  });

  it('finds a country that has a comma', async () => {
    expect(await countries(country('Korea, Republic of'))).toEqual(['Korea, Republic of']);
  });

  it('finds any of several, by commas or repeated', async () => {
    expect(await countries(country('India, Türkiye'))).toEqual(['Türkiye', 'India']);
    expect(await countries(`${country('India')}&${country('Korea, Republic of')}`)).toEqual([
      'Korea, Republic of',
      'India',
    ]);
  });
});
