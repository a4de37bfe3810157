import { entryLabel } from './entry-record.js';
import { BundleError, type EntryRecord, type Redacted } from './bundle.js';

export const REDACTED_ACTION = 'entry.redacted';
export const REDACTED_TYPE = 'entry';

/** `[before, after]` of each field of an `entry.redacted`. */
interface RedactionStatement {
  /** Where the id of the entry is beyond those that `entity_id` holds. */
  readonly entry?: readonly [null, string];
  readonly fields?: readonly [null, readonly string[]];
  readonly requested_by?: readonly [null, string];
  /** Missing where the actor is whoever approved. */
  readonly approved_by?: readonly [null, string];
}

/**
 * Holds what is missing in entries against the entries that say so: each removal is itself in the trail, later than what
 * it removed, with the same names and reason. Otherwise a value could be dropped and called redacted.
 */
export class RedactionChecker {
  private readonly open = new Map<string, { readonly name: string; readonly redacted: readonly Redacted[] }>();

  /** @throws Fault where the line tells of another removal than the bundle claims, or hides one */
  read(line: EntryRecord): void {
    if (line.openings !== null || line.redacted.length > 0) this.claim(line);
    if (line.leaf.action === REDACTED_ACTION && line.leaf.entity_type === REDACTED_TYPE) this.settle(line);
  }

  /** @throws Fault where a claim was not settled by the last line */
  finish(): void {
    for (const { name, redacted } of this.open.values()) {
      const fields = redacted.map(({ field }) => JSON.stringify(field)).join(', ');
      if (redacted.length > 0) throw new BundleError(`${name}: no entry of the trail says that ${fields} was redacted`);
    }
  }

  private claim(line: EntryRecord): void {
    const name = entryLabel(line);
    const gone = Object.keys(line.openings?.commitments ?? {}).sort();
    const said = line.redacted.map(({ field }) => pathOf(field)).sort();
    if (gone.join('\n') !== said.join('\n'))
      throw new BundleError(`${name} lacks other values than those that are said to be redacted`);
    this.open.set(String(line.leaf.id), { name, redacted: line.redacted });
  }

  private settle(line: EntryRecord): void {
    const told = line.values.changes as RedactionStatement | null;
    const id = String(line.leaf.entity_id ?? told?.entry?.[1]);
    const claim = this.open.get(id);
    const fields = told?.fields?.[1];
    if (!claim || !Array.isArray(fields)) return;
    const rest = claim.redacted.filter((one) => !(fields.includes(one.field) && sameStory(one, line, told)));
    this.open.set(id, { ...claim, redacted: rest });
  }
}

function sameStory(
  { by, approved_by, reason, at }: Redacted,
  { leaf, values }: EntryRecord,
  told: RedactionStatement | null,
): boolean {
  return (
    approved_by === (told?.approved_by?.[1] ?? leaf.actor_name) &&
    reason === values.reason &&
    by === told?.requested_by?.[1] &&
    at <= leaf.occurred_at
  );
}

const SIDES: Readonly<Record<string, string>> = { before: '0', after: '1' };

/** The path in the leaf of a field as people name it: `title.before` is `changes.title.0`. */
export function pathOf(field: string): string {
  const dot = field.lastIndexOf('.');
  const side = SIDES[field.slice(dot + 1)];
  return side === undefined ? field : `changes.${field.slice(0, dot)}.${side}`;
}
