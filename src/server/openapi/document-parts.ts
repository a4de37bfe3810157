import { isDeepStrictEqual } from 'node:util';
import { type OpenAPIObject } from '@nestjs/swagger';

type Entries = Readonly<Record<string, unknown>>;
type Groups = Readonly<Record<string, Entries>>;

/** Part of an OpenAPI document: its tags, the operations of each path, and the components of each kind. */
export interface DocumentPart {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Groups;
  readonly components: Groups;
}

/** Returns what a document has beyond another one: entries that are new or differ. */
export function partBeyond(base: OpenAPIObject, document: OpenAPIObject): DocumentPart {
  const [before, after] = [partOf(base), partOf(document)];
  return {
    tags: after.tags.filter((tag) => !before.tags.some((known) => isDeepStrictEqual(known, tag))),
    paths: groupsBeyond(before.paths, after.paths),
    components: groupsBeyond(before.components, after.components),
  };
}

/** Adds parts to a document, in their order. */
export function withParts<D extends object>(document: D, parts: readonly DocumentPart[]): D {
  return parts.reduce<D>((whole, { tags, paths, components }) => {
    const known = partOf(whole);
    const others = known.tags.filter(({ name }) => !tags.some((tag) => tag.name === name));
    return {
      ...whole,
      tags: [...others, ...tags],
      paths: merged(known.paths, paths),
      components: merged(known.components, components),
    };
  }, document);
}

function partOf(document: object): DocumentPart {
  const { tags = [], paths = {}, components = {} } = document as Partial<DocumentPart>;
  return { tags, paths, components };
}

function groupsBeyond(before: Groups, after: Groups): Groups {
  const groups = Object.entries(after).map(([group, entries]) => {
    // The order of members is none of the document.
    const differs = ([name, entry]: [string, unknown]) => !isDeepStrictEqual(before[group]?.[name], entry);
    return [group, Object.fromEntries(Object.entries(entries).filter(differs))] as const;
  });
  return Object.fromEntries(groups.filter(([, entries]) => Object.keys(entries).length > 0));
}

function merged(groups: Groups, more: Groups): Groups {
  return mergedValue(groups, more) as Groups;
}

/** Merges what several parts widen, such as the kinds of notifications; of two other values, the later one stays. */
function mergedValue(value: unknown, more: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(more)) {
    const isNew = (item: unknown) => !value.some((known) => isDeepStrictEqual(known, item));
    return [...(value as unknown[]), ...more.filter(isNew)];
  }
  if (!isObject(value) || !isObject(more)) return more;
  const members = Object.entries(more).map(([name, member]) => [
    name,
    Object.hasOwn(value, name) ? mergedValue(value[name], member) : member,
  ]);
  return { ...value, ...(Object.fromEntries(members) as object) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
