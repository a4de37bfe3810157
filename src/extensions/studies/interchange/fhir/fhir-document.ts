import { isJsonObject, JsonReader } from '../json-reader.js';
import { type JsonObject } from '../study-record.js';
import { ContainedResources, type Located } from './contained-resources.js';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The resources of a ResearchStudy or a Bundle, by what references call them. Entries that are no resources are left out. */
export class FhirDocument {
  readonly studies: readonly Located[];
  readonly isBundle: boolean;
  private readonly resources = new Map<string, Located>();
  private readonly contained = new Map<JsonObject, ContainedResources>();

  constructor(document: JsonObject) {
    this.isBundle = document.resourceType === 'Bundle';
    const found = this.isBundle ? this.entries(document) : [{ value: document, pointer: '' }];
    this.studies = found.filter(({ value }) => value.resourceType === 'ResearchStudy');
  }

  /**
   * Returns the resource that a reference names: one that `study` contains, or one of the Bundle, by its full URL or by type
   * and id. References are never followed further, so that cycles do not matter.
   */
  resolve(reference: string, study: Located): Located | undefined {
    if (!reference.startsWith('#')) return this.resources.get(reference.split('/_history/', 1)[0] ?? '');
    const contained = this.contained.get(study.value) ?? new ContainedResources(study);
    this.contained.set(study.value, contained);
    return contained.find(reference.slice(1));
  }

  private entries(bundle: JsonObject): Located[] {
    return listOf(bundle.entry).flatMap((entry, index) => {
      if (!isJsonObject(entry) || !isJsonObject(entry.resource)) return [];
      const located = { value: entry.resource, pointer: `/entry/${index}/resource` };
      const { resourceType, id } = entry.resource;
      const names = [textOf(entry.fullUrl), textOf(id) && `${textOf(resourceType)}/${textOf(id)}`];
      for (const name of names) if (name && !this.resources.has(name)) this.resources.set(name, located);
      return [located];
    });
  }
}

/** Reads a resource; its faults are added to those of `of`. */
export const readerOf = ({ value, pointer }: Located, of?: JsonReader): JsonReader => JsonReader.of(value, pointer, of);

const R5_ONLY = [
  ...['progressStatus', 'associatedParty', 'label', 'studyDesign', 'recruitment', 'whyStopped'],
  ...['version', 'url', 'name', 'date', 'descriptionSummary', 'classifier', 'comparisonGroup', 'outcomeMeasure'],
];
const R4_ONLY = ['sponsor', 'principalInvestigator', 'category', 'enrollment', 'reasonStopped', 'contact', 'arm'];
/** Statuses of the one version that the other does not have. */
const R5_STATUS = ['draft', 'retired', 'unknown'];
const PROFILE = /(?:\/|\|)([45])\.\d/;

/** Version of FHIR of a study; `both` where it has members of each that the other does not have. */
export type FhirVersion = 'r4' | 'r5' | 'both';

/** Detects the version by `meta.profile`, else by a member that one version alone has; R4 where there is neither. */
export function versionOf(study: JsonObject): FhirVersion {
  const profiles = listOf(isJsonObject(study.meta) ? study.meta.profile : undefined).map(textOf);
  const stated = profiles.map((profile) => PROFILE.exec(profile)?.[1]).find((version) => version !== undefined);
  if (stated) return stated === '5' ? 'r5' : 'r4';
  const status = textOf(study.status);
  const isR5 = R5_ONLY.some((name) => name in study) || R5_STATUS.includes(status);
  const isR4 =
    R4_ONLY.some((name) => name in study) || (status !== '' && status !== 'active' && !R5_STATUS.includes(status));
  return isR5 && isR4 ? 'both' : isR5 ? 'r5' : 'r4';
}

/** Returns a member that only R4 has, of a study that has members of R5, too. */
export const r4MemberOf = (study: JsonObject): string => R4_ONLY.find((name) => name in study) ?? 'status';
