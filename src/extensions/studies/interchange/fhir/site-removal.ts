import { isJsonObject } from '../json-reader.js';
import { type Steps } from '../steps.js';
import { type JsonObject } from '../study-record.js';
import { type MutableResource, type WrittenDocument } from './resource-members.js';
import { collectReferences } from './source.js';

/**
 * Removes from a document what is about sites that are left out: the resources that their references name, all that are
 * connected with these by references of either side, but for those that the rest of the study leads to, and the narrative of
 * the study, which may repeat them.
 *
 * @param references those of the source to the sites
 */
export function* removeSites(
  root: MutableResource,
  document: WrittenDocument,
  references: readonly object[],
): Steps<void> {
  if (references.length === 0) return;
  const { contained, ...study } = document.study;
  const resources = [...listOf(root.entry).map(resourceOf), ...listOf(contained)].filter(isJsonObject);
  const links = new Map<JsonObject, JsonObject[]>();
  for (const resource of resources) links.set(resource, yield* namedIn(resource, document));
  const kept = yield* connected(yield* namedIn(study, document), links);
  kept.add(document.study);
  const isLeft = (resource: JsonObject) => !kept.has(resource);
  const named = yield* namedIn(references, document);
  const removed = yield* connected(named.filter(isLeft), yield* linksOfBothSides(links, isLeft));
  const stays = (resource: unknown) => !removed.has(resource as JsonObject);
  if (Array.isArray(root.entry)) root.entry = listOf(root.entry).filter((entry) => stays(resourceOf(entry)));
  if (Array.isArray(contained)) document.study.contained = listOf(contained).filter(stays);
  delete document.study.text;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const resourceOf = (entry: unknown): unknown => (isJsonObject(entry) ? entry.resource : undefined);

type Links = ReadonlyMap<JsonObject, readonly JsonObject[]>;

/** Returns resources with those that they lead to, by any number of steps. */
function* connected(from: readonly JsonObject[], links: Links): Steps<Set<JsonObject>> {
  const found = new Set(from);
  // The iteration of a set reaches what is added to it on the way.
  for (const resource of found) {
    for (const other of links.get(resource) ?? []) found.add(other);
    yield;
  }
  return found;
}

/** Returns the links among some resources, each from both of its ends. */
function* linksOfBothSides(links: Links, isMeant: (resource: JsonObject) => boolean): Steps<Links> {
  const both = new Map([...links.keys()].filter(isMeant).map((resource): [JsonObject, JsonObject[]] => [resource, []]));
  for (const [resource, ends] of both) {
    for (const named of links.get(resource) ?? []) {
      const back = both.get(named);
      if (!back) continue;
      ends.push(named);
      back.push(resource);
    }
    yield;
  }
  return both;
}

/** Returns the resources of a document that references in a value name. */
function* namedIn(value: unknown, { index, located }: WrittenDocument): Steps<JsonObject[]> {
  const references = new Set<string>();
  yield* collectReferences(value, references);
  const found: JsonObject[] = [];
  for (const reference of references) {
    const resource = index.resolve(reference, located)?.value;
    if (resource) found.push(resource);
    yield;
  }
  return found;
}
