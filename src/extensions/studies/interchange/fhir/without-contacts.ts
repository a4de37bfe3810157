import { changedList, changedObject } from '../copy-on-change.js';
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
 * Parts that have neither are shared with the document, not copied.
 */
export function withoutContacts(resource: JsonObject): JsonObject {
  const isPerson = PERSONS.includes(String(resource.resourceType));
  const isPlace = PLACES.includes(String(resource.resourceType));
  let found = isPerson;
  const onFound = () => (found = true);
  const cleaned = changedObject(resource, (name, value) => {
    if (name !== 'telecom' && (!isPerson || OF_PERSON.has(name)))
      return name === 'address' && isPlace ? value : clean(value, onFound);
    onFound();
    return undefined;
  });
  return found ? changedObject(cleaned, (name, value) => (name === 'text' ? undefined : value)) : cleaned;
}

function clean(value: unknown, onFound: () => void): unknown {
  if (Array.isArray(value)) return changedList(value, (item) => clean(item, onFound));
  if (!isJsonObject(value)) return value;
  if (typeof value.resourceType === 'string') return withoutContacts(value);
  return changedObject(value, (name, member) => {
    if (name !== 'telecom' && name !== 'address') return clean(member, onFound);
    onFound();
    return undefined;
  });
}
