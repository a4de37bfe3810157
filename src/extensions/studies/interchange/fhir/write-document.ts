import { createHash } from 'node:crypto';
import { type Steps } from '../steps.js';
import { changedFields, type JsonObject, type ParsedStudy } from '../study-record.js';
import { type StudyFields, type WritableStudy } from '../study-record.js';
import { type Located } from './contained-resources.js';
import { FhirDocument } from './fhir-document.js';
import { listIn, type MutableResource, type WrittenDocument } from './resource-members.js';
import { writeSites } from './site-writer.js';
import { removeSites } from './site-removal.js';

/** Sets the elements of the changed fields. */
export type ElementWriter = (document: WrittenDocument, changed: Partial<StudyFields>, fields: StudyFields) => void;

/**
 * Writes a study: its source with what is otherwise here, or a new Bundle.
 *
 * @param parse returns undefined for a source that cannot be read: all fields are written
 */
export function* writeDocument(
  { fields, sites, source }: WritableStudy,
  writeElements: ElementWriter,
  parse: (source: JsonObject) => Steps<ParsedStudy | undefined>,
): Steps<JsonObject> {
  const root = (source ?? newBundle(fields)) as MutableResource;
  const index = new FhirDocument(root);
  const [located] = index.studies;
  if (!located) return yield* writeDocument({ fields, sites, source: undefined }, writeElements, parse);
  // Read before anything is written: the document is the source itself.
  const known = source && (yield* parse(source));
  const document = {
    study: located.value as MutableResource,
    located,
    index,
    add: adder(root, located, index, fields),
  };
  writeElements(document, changedFields(known?.fields, fields), fields);
  yield;
  const left = yield* writeSites(document, sites, known?.sites);
  yield* removeSites(root, document, left);
  for (const name of ['contained', 'extension', 'site'])
    if (Array.isArray(document.study[name]) && document.study[name].length === 0) delete document.study[name];
  return root;
}

function newBundle(fields: StudyFields): JsonObject {
  const resource = { resourceType: 'ResearchStudy' };
  return { resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: urnOf(fields, 'study'), resource }] };
}

/**
 * Resources stand beside the study in a Bundle, and within a study that stands alone. Their names are free: in a source of which
 * resources were removed, the number of those that are left may be in the name of one.
 */
function adder(
  root: MutableResource,
  located: Located,
  index: FhirDocument,
  fields: StudyFields,
): WrittenDocument['add'] {
  const isAlone = root === located.value;
  const list = listIn(isAlone ? (located.value as MutableResource) : root, isAlone ? 'contained' : 'entry');
  let number = isAlone ? list.length + 1 : list.length;
  return (resource, kind) => {
    const nameOf = () => (isAlone ? `#${kind}-${number}` : urnOf(fields, `${kind} ${number}`));
    while (index.resolve(nameOf(), located)) number++;
    const reference = nameOf();
    list.push(isAlone ? { ...resource, id: reference.slice(1) } : { fullUrl: reference, resource });
    number++;
    return reference;
  };
}

/** UUID (RFC 9562, version 8) that the same study always has for the same resource. */
function urnOf({ sponsor_protocol_identifier: protocol }: StudyFields, name: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([protocol, name]))
    .digest('hex');
  const variant = ((parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    variant + hash.slice(17, 20),
    hash.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
