import { join } from 'node:path';
import { parseFields } from '../../src/cli/extension-template/extension-fields.js';
import { assertFree, namesOf } from '../../src/cli/extension-template/extension-names.js';

const ROOT = join(__dirname, '../..');

describe('the name of a generated extension', () => {
  it('gives all others', () => {
    expect(namesOf('site-visits')).toMatchObject({
      singular: 'site-visit',
      table: 'site_visits',
      type: 'site_visit',
      One: 'SiteVisit',
      Many: 'SiteVisits',
      prefix: 'SITE_VISITS_',
    });
    expect([namesOf('deliveries').singular, namesOf('boxes').singular, namesOf('doses').singular]).toEqual([
      'delivery',
      'box',
      'dose',
    ]);
  });

  it.each([
    ['Visits', 'is no name of an extension'],
    ['../visits', 'is no name of an extension'],
    ['visit', 'is no plural'],
    ['news-', 'is no name'],
    ['classes', 'is a reserved word'],
    ['entities', 'is a reserved word'],
    ['audit-visits', 'can never change'],
    ['v'.repeat(40), 'at most 30'],
  ])('%s is refused', (name, message) => {
    expect(() => namesOf(name)).toThrow(message);
  });

  it.each([
    ['users', 'reserved word'],
    ['tasks', 'There is a table "tasks" already'],
    ['redactions', 'There is a table "redactions" already'],
    ['keys', 'Records called "key" are in the audit trail already'],
  ])('%s is refused, since the product has it', (name, message) => {
    expect(() => assertFree(ROOT, namesOf(name))).toThrow(message);
  });
});

describe('a field of a generated extension', () => {
  it('has a name and a type, and is optional with ?', () => {
    expect(parseFields('visit', ['visited_on:date', 'kind:enum(a|b)?'])).toMatchObject([
      { name: 'visited_on', property: 'visitedOn', type: 'date', optional: false },
      { name: 'kind', type: 'enum', values: ['a', 'b'], optional: true, constant: 'VISIT_KIND_VALUES' },
    ]);
  });

  it.each([
    [[], 'Name at least one field'],
    [['site'], 'is no field: write name:type'],
    [['site:varchar'], '"varchar" is no type of a field'],
    [['Site:text'], 'is no name of a field'],
    [['version:integer'], 'cannot be called "version"'],
    [['seen_at:date'], 'ends with _at'],
    [['user_id:integer'], 'ends like an id'],
    [['kind:enum'], 'needs different values'],
    [['kind:enum(a|a)'], 'needs different values'],
    [['site:text(5)'], 'Only an enum has values'],
    [['site:text', 'site:text'], 'is there twice'],
    [['seen:date', 'seen_from:date'], 'called like a filter'],
  ])('%j is refused', (fields, message) => {
    expect(() => parseFields('visit', fields)).toThrow(message);
  });
});
