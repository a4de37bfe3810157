import { isJsonObject } from '../json-reader.js';
import { atOnce, type Steps } from '../steps.js';
import { type JsonObject } from '../study-record.js';
import { type Located } from './contained-resources.js';
import { type FhirDocument } from './fhir-document.js';
import { withoutContacts } from './without-contacts.js';

/** Values that are visited in a step. */
const VALUES_A_STEP = 1000;

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
  atOnce(collectReferences(study.value, references));
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
export function* collectReferences(root: unknown, found: Set<string>): Steps<void> {
  const levels: Iterator<readonly [name: unknown, value: unknown]>[] = [[root].entries()];
  let visited = 0;
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    if (++visited % VALUES_A_STEP === 0) yield;
    const next = level.next();
    if (next.done) {
      levels.pop();
      continue;
    }
    const [name, value] = next.value;
    if (name === 'reference' && typeof value === 'string') found.add(value.split('/_history/', 1)[0] ?? '');
    else if (Array.isArray(value)) levels.push(value.entries());
    else if (isJsonObject(value)) levels.push(Object.entries(value).values());
  }
}
