import { type SiteFields } from './study-record.js';

type Place = Partial<SiteFields>;

/** A site as a match sees it: as imports set it, or as it is. */
export interface Candidate {
  readonly places: readonly Place[];
}

/**
 * Places that are the same by these fields are one site; the first that matches decides. A renamed facility is another site: records
 * of one hospital must never pass to its neighbour.
 */
const KEYS = [
  ['facility', 'city', 'state', 'zip', 'country'],
  ['facility', 'city', 'country'],
] as const;
/** The key after it distinguishes sites only where it is unique. */
const EXACT = KEYS[0];

/**
 * Matches the sites of a document with those that are here: a registry gives them no number. Equal places match in their
 * order; then a site matches whose zip or state was corrected, where just one can be meant.
 *
 * @returns for each incoming place the candidate, or undefined for a new site
 */
export function matchSites<C extends Candidate>(
  incoming: readonly Place[],
  candidates: readonly C[],
): (C | undefined)[] {
  const matched = new Array<C | undefined>(incoming.length);
  const free = new Set(candidates);
  for (const key of KEYS) {
    const open = incoming.flatMap((place, index) => (matched[index] ? [] : [{ index, key: keyOf(place, key) }]));
    const byKey = groupByKey(free, key);
    const wanted = countOf(open.map((each) => each.key));
    for (const { index, key: text } of open) {
      const found = byKey.get(text) ?? [];
      if (text === undefined || (key !== EXACT && (found.length !== 1 || wanted.get(text) !== 1))) continue;
      const candidate = nextFree(found, free);
      if (candidate) free.delete(candidate);
      matched[index] = candidate;
    }
  }
  return matched;
}

/** Takes the first free candidate of a group off it, with those before it: each is looked at once. */
function nextFree<C>(group: C[], free: ReadonlySet<C>): C | undefined {
  for (let next = group.pop(); next !== undefined; next = group.pop()) if (free.has(next)) return next;
  return undefined;
}

/** Groups candidates, the first one at the end. */
function groupByKey<C extends Candidate>(candidates: Iterable<C>, key: readonly (keyof SiteFields)[]) {
  const groups = new Map<string | undefined, C[]>();
  for (const candidate of [...candidates].reverse()) {
    for (const text of new Set(candidate.places.map((place) => keyOf(place, key)))) {
      const group = groups.get(text);
      if (group) group.push(candidate);
      else groups.set(text, [candidate]);
    }
  }
  return groups;
}

function countOf(keys: readonly (string | undefined)[]): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** @returns undefined where the first field, without which nothing is known, is missing */
function keyOf(place: Place, fields: readonly (keyof SiteFields)[]): string | undefined {
  const texts = fields.map((field) => normalized(place[field]));
  return texts[0] === '' ? undefined : JSON.stringify(texts);
}

/** Texts of both sides are composed already, as all that is stored. */
const normalized = (value: unknown): string =>
  typeof value === 'string' ? value.trim().replaceAll(/\s+/g, ' ').toLowerCase() : '';
