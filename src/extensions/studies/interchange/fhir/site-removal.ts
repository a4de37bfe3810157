import { isJsonObject } from '../json-reader.js';
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
export function removeSites(root: MutableResource, document: WrittenDocument, references: readonly object[]): void {
  if (references.length === 0) return;
  const { contained, ...study } = document.study;
  const resources = [...listOf(root.entry).map(resourceOf), ...listOf(contained)].filter(isJsonObject);
  const links = new Map(resources.map((resource) => [resource, namedIn(resource, document)]));
  const kept = connected(namedIn(study, document), links);
  kept.add(document.study);
  const isLeft = (resource: JsonObject) => !kept.has(resource);
  const removed = connected(namedIn(references, document).filter(isLeft), linksOfBothSides(links, isLeft));
  const stays = (resource: unknown) => !removed.has(resource as JsonObject);
  if (Array.isArray(root.entry)) root.entry = listOf(root.entry).filter((entry) => stays(resourceOf(entry)));
  if (Array.isArray(contained)) document.study.contained = listOf(contained).filter(stays);
  delete document.study.text;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const resourceOf = (entry: unknown): unknown => (isJsonObject(entry) ? entry.resource : undefined);

type Links = ReadonlyMap<JsonObject, readonly JsonObject[]>;

/** Returns resources with those that they lead to, by any number of steps. */
function connected(from: readonly JsonObject[], links: Links): Set<JsonObject> {
  const found = new Set(from);
  // The iteration of a set reaches what is added to it on the way.
  for (const resource of found) for (const other of links.get(resource) ?? []) found.add(other);
  return found;
}

/** Returns the links among some resources, each from both of its ends. */
function linksOfBothSides(links: Links, isMeant: (resource: JsonObject) => boolean): Links {
  const both = new Map([...links.keys()].filter(isMeant).map((resource): [JsonObject, JsonObject[]] => [resource, []]));
  for (const [resource, ends] of both)
    for (const named of links.get(resource) ?? []) {
      const back = both.get(named);
      if (!back) continue;
      ends.push(named);
      back.push(resource);
    }
  return both;
}

/** Returns the resources of a document that references in a value name. */
function namedIn(value: unknown, { index, located }: WrittenDocument): JsonObject[] {
  const references = new Set<string>();
  collectReferences(value, references);
  const found = [...references].map((reference) => index.resolve(reference, located)?.value);
  return found.filter((resource) => resource !== undefined);
}
