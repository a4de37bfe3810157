import { changedList, changedObject } from '../copy-on-change.js';
import { isJsonObject } from '../json-reader.js';
import { type JsonObject } from '../study-record.js';

/** Members by which a person is reached, wherever they stand, in lower case. */
const ADDRESSES = new Set([
  'email',
  'e-mail',
  'phone',
  'phoneext',
  'phone_ext',
  'telephone',
  'mobile',
  'fax',
  'telecom',
]);
const LONGEST = Math.max(...[...ADDRESSES].map((name) => name.length));
/** Lists of persons who are there to be reached. Investigators are named among them and stay, by name and role alone. */
const CONTACTS = new Set(['centralContacts', 'contacts']);
const OF_PERSON = ['name', 'role', 'affiliation'] as const;

/**
 * Returns a record without phones and e-mail addresses. A contact person is of no use without these, and goes with them;
 * investigators stay. Parts that have neither are shared with the record, not copied: it can have hundreds of thousands of values.
 */
export function withoutContacts(record: JsonObject): JsonObject {
  return cleaned(record) as JsonObject;
}

function cleaned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? changedList(value, cleaned) : cleanedObject(value as JsonObject);
}

const cleanedObject = (object: JsonObject): JsonObject =>
  changedObject(object, (name, member) => (isAddress(name) ? undefined : cleanedMember(name, member)));

const isAddress = (name: string): boolean => name.length <= LONGEST && ADDRESSES.has(name.toLowerCase());

/** @returns undefined where nothing of it stays */
function cleanedMember(name: string, member: unknown): unknown {
  if (!CONTACTS.has(name) || !Array.isArray(member)) return cleaned(member);
  const people = member
    .filter(isJsonObject)
    .filter(({ role }) => typeof role === 'string' && role.trim() !== 'CONTACT')
    .map((person) => Object.fromEntries(OF_PERSON.flatMap((each) => (each in person ? [[each, person[each]]] : []))));
  return people.length > 0 ? people : undefined;
}
