import { isRejected, type JsonObject } from '../study-record.js';
import { FHIR_R4, FHIR_R5 } from './fhir.format.js';

const REFERENCES = 1_000;
const ITEMS = 2_000;
/** How often an item may be read, however many references lead to it. */
const READS = 6;

const listOf = <T>(length: number, item: T): T[] => Array<T>(length).fill(item);
const location = (members: object) => ({ resourceType: 'Location', id: 'a', name: 'Aareklinik', ...members });

/** An object that counts how often a member is read. */
function counted(name: string): { item: object; reads: () => number } {
  let reads = 0;
  const get = () => {
    reads++;
    return 'x';
  };
  return { item: Object.defineProperty({}, name, { enumerable: true, get }), reads: () => reads };
}

describe.each([FHIR_R4, FHIR_R5])('A study in $name with many references to one resource', (format) => {
  const version = format.name === 'fhir-r4' ? '4.0' : '5.0';
  const parsed = (contained: unknown[], extension: unknown[] = []) => {
    const study: JsonObject = {
      resourceType: 'ResearchStudy',
      meta: { profile: [`http://hl7.org/fhir/${version}/StructureDefinition/ResearchStudy`] },
      title: 'T',
      contained,
      extension,
      site: listOf(REFERENCES, { reference: '#a' }),
    };
    const [record] = format.parse(study);
    if (!record) throw new Error('There is no record');
    return isRejected(record) ? { sites: [], faults: record.faults } : { sites: record.sites ?? [], faults: [] };
  };

  it.each([
    ['extension', 'url'],
    ['identifier', 'system'],
  ])('reads each %s of it a few times', (list, member) => {
    const { item, reads } = counted(member);
    const { sites, faults } = parsed([location({ [list]: listOf(ITEMS, item) })]);
    expect(faults).toEqual([]);
    expect(sites.map(({ fields }) => fields.facility)).toEqual(listOf(REFERENCES, 'Aareklinik'));
    expect(reads()).toBeLessThanOrEqual(READS * ITEMS);
  });

  it('reads each extension of itself a few times, however many fields an extension may carry', () => {
    const { item, reads } = counted('url');
    expect(parsed([location({})], listOf(ITEMS, item)).faults).toEqual([]);
    expect(reads()).toBeLessThanOrEqual(READS * ITEMS);
  });

  it('names twenty of its faults at most, each of them once', () => {
    const { faults } = parsed([location({ extension: listOf(ITEMS, 0), identifier: listOf(ITEMS, 0) })]);
    expect(new Set(faults.map(({ pointer }) => pointer)).size).toBe(20);
    expect(faults).toHaveLength(20);
    expect(faults[0]).toMatchObject({ pointer: '/contained/0/identifier/0', code: 'is_object' });
  });

  it('looks for it once, among however many resources', () => {
    const { item, reads } = counted('id');
    const { sites } = parsed([...listOf(ITEMS, item), location({})]);
    expect(sites.at(-1)?.fields.facility).toBe('Aareklinik');
    expect(reads()).toBeLessThanOrEqual(READS * ITEMS);
  });
});
