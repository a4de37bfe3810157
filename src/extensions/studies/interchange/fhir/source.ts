import { isJsonObject } from '../json-reader.js';
import { type JsonObject } from '../study-record.js';
import { type Located } from './contained-resources.js';
import { type FhirDocument } from './fhir-document.js';
import { withoutContacts } from './without-contacts.js';

/**
 * Returns the document of one study, without contacts: the whole of it where it has no other study, else the Bundle with the
 * study and the resources that it refers to.
 */
export function sourceOf(document: JsonObject, study: Located, { studies, isBundle }: FhirDocument): JsonObject {
  if (!isBundle) return withoutContacts(document);
  const entries = (document.entry as unknown[]).filter(isJsonObject);
  const entry = studies.length === 1 ? entries : reachable(entries, study);
  return withoutContacts({ ...document, entry });
}

/** The entries that a study refers to itself; what these refer to in turn is not read. */
function reachable(entries: readonly JsonObject[], study: Located): JsonObject[] {
  const references = new Set<string>();
  collectReferences(study.value, references);
  return entries.filter((entry) => {
    const resource = entry.resource as JsonObject | undefined;
    if (resource === study.value) return true;
    const name = `${String(resource?.resourceType)}/${String(resource?.id)}`;
    return (
      resource?.resourceType !== 'ResearchStudy' && (references.has(String(entry.fullUrl)) || references.has(name))
    );
  });
}

/** Collects what the references in a value name, of any version. */
export function collectReferences(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) value.forEach((item) => collectReferences(item, found));
  else if (isJsonObject(value))
    for (const [name, member] of Object.entries(value))
      if (name === 'reference' && typeof member === 'string') found.add(member.split('/_history/', 1)[0] ?? '');
      else collectReferences(member, found);
}
