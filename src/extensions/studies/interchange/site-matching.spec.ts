import { matchSites } from './site-matching.js';

const SITES = 5_000;

describe('Sites of one place', () => {
  const place = { facility: 'Research Site', city: 'Dallas', country: 'United States' };
  const sites = Array.from({ length: SITES }, (_, id) => ({ id, places: [place] }));

  it('match in their order, and each is looked at once', () => {
    const has = jest.spyOn(Set.prototype, 'has');
    const matched = matchSites([...Array<typeof place>(SITES).fill(place), place], sites);
    const looks = has.mock.calls.length;
    has.mockRestore();
    expect(matched.map((site) => site?.id)).toEqual([...sites.map(({ id }) => id), undefined]);
    expect(looks).toBeLessThanOrEqual(3 * SITES);
  });
});
