import { entryLabel } from './entry-record.js';
import { BundleError, type EntryRecord, type Redacted } from './bundle.js';

export const REDACTED_ACTION = 'entry.redacted';
export const REDACTED_TYPE = 'entry';

/** The changes of an `entry.redacted`, as `[before, after]`. */
interface RedactionStatement {
  /** Set where the id of the entry exceeds the range of `entity_id`. */
  readonly entry?: readonly [null, string];
  readonly fields?: readonly [null, readonly string[]];
  readonly requested_by?: readonly [null, string];
  /** Missing where the actor is the approver. */
  readonly approved_by?: readonly [null, string];
}

/**
 * Matches removed values with the entries that audit their removal: each has to be in the trail, later than the redacted
 * entry, with the same names and reason. Otherwise a value could be dropped and called redacted.
 */
export class RedactionChecker {
  private readonly unconfirmed = new Map<string, { readonly name: string; readonly redacted: readonly Redacted[] }>();

  /** @throws BundleError where other values are missing than those that the line claims were redacted */
  process(line: EntryRecord): void {
    if (line.openings !== null || line.redacted.length > 0) this.addClaim(line);
    if (line.leaf.action === REDACTED_ACTION && line.leaf.entity_type === REDACTED_TYPE) this.confirmClaims(line);
  }

  /** Call it after the last line. @throws BundleError where no entry audits a claimed redaction */
  assertAllConfirmed(): void {
    for (const { name, redacted } of this.unconfirmed.values()) {
      const fields = redacted.map(({ field }) => JSON.stringify(field)).join(', ');
      if (redacted.length > 0) throw new BundleError(`${name}: no entry of the trail says that ${fields} was redacted`);
    }
  }

  private addClaim(line: EntryRecord): void {
    const name = entryLabel(line);
    const gone = Object.keys(line.openings?.commitments ?? {}).sort();
    const claimed = line.redacted.map(({ field }) => leafPathOf(field)).sort();
    if (gone.join('\n') !== claimed.join('\n'))
      throw new BundleError(`${name} lacks other values than those that are said to be redacted`);
    this.unconfirmed.set(String(line.leaf.id), { name, redacted: line.redacted });
  }

  private confirmClaims(line: EntryRecord): void {
    const statement = line.values.changes as RedactionStatement | null;
    const id = String(line.leaf.entity_id ?? statement?.entry?.[1]);
    const claim = this.unconfirmed.get(id);
    const fields = statement?.fields?.[1];
    if (!claim || !Array.isArray(fields)) return;
    const rest = claim.redacted.filter((one) => !(fields.includes(one.field) && isConfirmedBy(one, line, statement)));
    this.unconfirmed.set(id, { ...claim, redacted: rest });
  }
}

function isConfirmedBy(
  { by, approved_by, reason, at }: Redacted,
  { leaf, values }: EntryRecord,
  statement: RedactionStatement | null,
): boolean {
  return (
    approved_by === (statement?.approved_by?.[1] ?? leaf.actor_name) &&
    reason === values.reason &&
    by === statement?.requested_by?.[1] &&
    at <= leaf.occurred_at
  );
}

const SIDES: Readonly<Record<string, string>> = { before: '0', after: '1' };

/** Converts the public name of a field to its path in the leaf: `title.before` to `changes.title.0`. */
export function leafPathOf(field: string): string {
  const dot = field.lastIndexOf('.');
  const side = SIDES[field.slice(dot + 1)];
  return side === undefined ? field : `changes.${field.slice(0, dot)}.${side}`;
}
