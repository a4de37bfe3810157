import { isJsonObject } from '../json-reader.js';
import { type JsonObject } from '../study-record.js';

/** Resources about a person, of whom the name alone is kept. */
const PERSONS = ['Practitioner', 'PractitionerRole', 'Person'];
const OF_PERSON = new Set([
  'resourceType',
  'id',
  'meta',
  'identifier',
  'name',
  'practitioner',
  'organization',
  'code',
  'active',
]);
/** Resources with an address that is that of a place. */
const PLACES = ['Location', 'Organization'];

/**
 * Returns a resource without phones and addresses of contacts: every `telecom`, every `address` but that of a place itself, and
 * what is said of persons beyond their names. The narrative of a resource that had such is left out, since it may repeat them.
 */
export function withoutContacts(resource: JsonObject): JsonObject {
  const isPerson = PERSONS.includes(String(resource.resourceType));
  const isPlace = PLACES.includes(String(resource.resourceType));
  let found = isPerson;
  const members = Object.entries(resource).flatMap(([name, value]): [string, unknown][] => {
    if (name === 'telecom' || (isPerson && !OF_PERSON.has(name))) {
      found = true;
      return [];
    }
    if (name === 'address' && isPlace) return [[name, value]];
    const cleaned = clean(value, () => (found = true));
    return [[name, cleaned]];
  });
  return Object.fromEntries(found ? members.filter(([name]) => name !== 'text') : members);
}

function clean(value: unknown, onFound: () => void): unknown {
  if (Array.isArray(value)) return value.map((item) => clean(item, onFound));
  if (!isJsonObject(value)) return value;
  if (typeof value.resourceType === 'string') return withoutContacts(value);
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (name !== 'telecom' && name !== 'address') return [[name, clean(member, onFound)]];
    onFound();
    return [];
  });
  return Object.fromEntries(members);
}
