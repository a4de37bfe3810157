import { withoutContacts } from './without-contacts.js';

describe('A resource without its contacts', () => {
  it('is the resource itself where it has none', () => {
    const resource = { resourceType: 'ResearchStudy', text: { div: 'T' }, extension: [{ url: 'x', valueInteger: 1 }] };
    expect(withoutContacts(resource)).toBe(resource);
  });

  it('shares what has none with the resource, which stays as it is', () => {
    const [extension, place] = [[{ url: 'x' }], { resourceType: 'Location', address: { city: 'Bern' } }];
    const person = {
      resourceType: 'Practitioner',
      name: [{ text: 'Ines Falk' }],
      gender: 'female',
      text: { div: 'T' },
    };
    const resource = {
      resourceType: 'ResearchStudy',
      text: { div: 'T' },
      extension,
      contact: [{ name: 'A', telecom: [{ value: '0221' }] }],
      contained: [place, person],
    };
    const given = structuredClone(resource);
    const cleaned = withoutContacts(resource);
    expect(cleaned).toEqual({
      resourceType: 'ResearchStudy',
      extension,
      contact: [{ name: 'A' }],
      contained: [place, { resourceType: 'Practitioner', name: person.name }],
    });
    expect(cleaned.extension).toBe(extension);
    expect((cleaned.contained as unknown[])[0]).toBe(place);
    expect(resource).toEqual(given);
  });
});
