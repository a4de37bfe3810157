import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { as, type TestActor } from '../../../../test/kit.js';

const FOLDER = join(__dirname, 'examples/clinical-trials-gov');

export interface Location {
  facility?: string;
  status?: string;
  city?: string;
  state?: string;
  zip?: string;
  country?: string;
  contacts?: object[];
}

/** As much of a record as specs change. */
export interface RegistryRecord {
  protocolSection: {
    identificationModule: Record<string, unknown>;
    statusModule: Record<string, unknown>;
    designModule: Record<string, unknown>;
    contactsLocationsModule?: { locations?: Location[] };
  };
}

export const exampleNames = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

export const example = (name: string) =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as RegistryRecord & { studies?: RegistryRecord[] };

let count = 0;

/** A record of a study that no other spec has. */
export function aRecord(locations?: Location[], status: Record<string, unknown> = {}): RegistryRecord {
  const number = String(++count).padStart(4, '0');
  return {
    protocolSection: {
      identificationModule: {
        nctId: `NCT9000${number}`,
        orgStudyIdInfo: { id: `SPEC-${number}` },
        briefTitle: `Study ${number}`,
        acronym: 'SPEC',
      },
      statusModule: { overallStatus: 'RECRUITING', ...status },
      designModule: { studyType: 'INTERVENTIONAL', phases: ['PHASE2'] },
      ...(locations && { contactsLocationsModule: { locations } }),
    },
  };
}

export const manyLocations = (number: number): Location[] =>
  Array.from({ length: number }, (_, index) => ({
    facility: `Clinic ${index}`,
    status: 'RECRUITING',
    city: `Town ${index % 40}`,
    country: 'Germany',
    contacts: [{ name: `Dr ${index}`, role: 'PRINCIPAL_INVESTIGATOR', phone: '0221', email: 'a@example.org' }],
  }));

/** The only record of an import. */
export async function imported(actor: TestActor, record: object, query = '') {
  const { status, body } = await as(actor).post(`/api/studies/import${query}`, record);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.records[0] as {
    outcome: string;
    study_id: number;
    changes: { field: string; site_id: number | null; before: unknown; after: unknown }[];
    conflicts: { field: string | null; code: string; here: unknown; incoming: unknown; message: string }[];
    sites: { created_count: number; changed_count: number; unchanged_count: number; absent_site_ids: number[] };
  };
}

/** A record without its contacts, written down once more: people to call, and any phone or address. */
export function minusContacts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(minusContacts);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (['phone', 'phoneExt', 'email', 'centralContacts'].includes(name)) return [];
    if (name !== 'contacts') return [[name, minusContacts(member)]];
    const people = (member as { role?: string }[]).filter(({ role }) => role !== 'CONTACT');
    return people.length > 0 ? [[name, minusContacts(people)]] : [];
  });
  return Object.fromEntries(kept);
}
