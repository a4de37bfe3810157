import { actorLabel, fieldValue, formatReason, recordLabel, type DescribableEntry } from './wording.js';

/** Words of an entry for its sentence; values are formatted, and texts of users quoted. */
export interface EntryWords {
  /** Who acted, such as `asha` or `The system (close-visits)`. */
  readonly actor: string;
  /** Type and name of the record, such as `visit "Site 4"`. */
  readonly record: string;
  /** Reason for the change, quoted; `nothing` where none was given. */
  readonly reason: string;
  /** Names of the fields of the entry. */
  readonly fields: readonly string[];
  /** Returns a field before the change; `nothing` where it had no value. */
  before(field: string): string;
  /** Returns a field after the change; `nothing` where it has no value. */
  after(field: string): string;
  /** True where the entry has the field. */
  changed(field: string): boolean;
}

/** Puts an entry into one sentence, such as `asha moved visit "Site 4" from 3 May 2026 to 4 May 2026`. */
export type ActionSentence = (words: EntryWords) => string;

const sentences = new Map<string, ActionSentence>();

/**
 * Declares the sentences of actions of an extension, such as `'visit.moved'`. Actions without one are described field by
 * field. A sentence that throws falls back to that description.
 *
 * @throws Error where an action has a sentence already
 */
export function describeActions(byAction: Readonly<Record<`${string}.${string}`, ActionSentence>>): void {
  for (const [action, sentence] of Object.entries(byAction)) {
    if (sentences.has(action)) throw new Error(`The action "${action}" has a sentence already`);
    sentences.set(action, sentence);
  }
}

/** Returns the sentence of an extension for an entry; undefined where it has none or fails. */
export function extensionSentence(entry: DescribableEntry): string | undefined {
  const value = (field: string, side: 0 | 1) => fieldValue(entry, field, entry.changes[field]?.[side] ?? null);
  try {
    return sentences.get(entry.action)?.({
      actor: actorLabel(entry),
      record: recordLabel(entry),
      reason: formatReason(entry),
      fields: Object.keys(entry.changes),
      before: (field) => value(field, 0),
      after: (field) => value(field, 1),
      changed: (field) => Object.hasOwn(entry.changes, field),
    });
  } catch {
    return undefined;
  }
}
