import { isRejected, SITE_FIELDS, STUDY_FIELDS, type JsonObject } from '../study-record.js';
import { type SiteFields, type StudyFields } from '../study-record.js';
import { FHIR_R4 } from './fhir.format.js';

const SITES = 1_000;
const ITEMS = 30;
/** Values that a step may read: a fraction of those of all sites, and of one extension of the study. */
const READS = 2_000;

const valuesOf = <T extends object>(names: readonly (keyof T)[], known: Partial<T>): T =>
  Object.fromEntries(names.map((name) => [name, known[name] ?? null])) as T;

describe('A study in FHIR without most of its sites', () => {
  let reads = 0;
  const counted = () =>
    Object.defineProperty({}, 'url', {
      enumerable: true,
      get: () => {
        reads++;
        return 'https://example.org';
      },
    });
  const location = (_: unknown, n: number) => ({
    resourceType: 'Location',
    id: `l${n}`,
    name: `Klinik ${n}`,
    partOf: { reference: `#l${(n + 2) % SITES}` },
    extension: Array.from({ length: ITEMS }, counted),
  });
  const study = (): JsonObject => ({
    resourceType: 'ResearchStudy',
    identifier: [{ use: 'official', value: 'MANY-SITES' }],
    title: 'Aare',
    status: 'active',
    category: [{ text: 'interventional' }],
    extension: [{ url: 'https://example.org', extension: Array.from({ length: SITES * ITEMS }, counted) }],
    contained: Array.from({ length: SITES }, location),
    site: Array.from({ length: SITES }, (_, n) => ({ reference: `#l${n}` })),
  });

  it('is written in steps that read few of its values', () => {
    const [parsed] = FHIR_R4.parse(study());
    if (!parsed || isRejected(parsed)) throw new Error(JSON.stringify(parsed));
    const fields = valuesOf<StudyFields>(STUDY_FIELDS, parsed.fields);
    const kept = valuesOf<SiteFields>(SITE_FIELDS, parsed.sites?.[0]?.fields ?? {});
    const work = FHIR_R4.write({ fields, sites: [{ fields: kept, position: 0 }], source: study() });
    let most = 0;
    reads = 0;
    for (let step = work.next(); ; step = work.next()) {
      most = Math.max(most, reads);
      reads = 0;
      if (!step.done) continue;
      // The sites of even numbers are connected with each other, and what is kept with some of them.
      expect((step.value.contained as JsonObject[]).map(({ id }) => id)).toHaveLength(SITES / 2);
      expect(step.value.site).toEqual([{ reference: '#l0' }]);
      break;
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(READS);
  });
});
