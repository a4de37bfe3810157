import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { because, type Actor } from '../core/actor.js';
import { Change } from '../core/change.js';
import { violates } from '../core/database-problem.js';
import { MAX_ID } from '../core/fields.js';
import { type JsonRow } from '../core/page.js';
import { type Changes, type TrailNote } from '../core/recorded.js';
import { type Tx } from '../core/tx.js';
import { ENTRY_COLUMNS } from '../leaf-reading/stored-tree.js';
import { leafHash, openingsWithout, sealedEntry, type EntryRow, type Openings } from '../log-format/leaf.js';
import { pathOf, REDACTED_ACTION, REDACTED_TYPE } from '../verifier/redactions-told.js';
import { Redaction } from './redaction.entity.js';
import { type NewRedaction } from './redactions.dto.js';
import { RedactionProblem } from './redactions.events.js';
import { redactionById } from './redactions.queries.js';

/** What proves the rest stays whole. */
const KEPT: readonly string[] = [REDACTED_TYPE, 'redaction', 'key', 'audit'];

/** Takes values out of entries on the word of two people. Each answers with JSON text of what was written. */
@Injectable()
export class RedactionsService {
  constructor(private readonly change: Change) {}

  /**
   * Asks for values to be taken out.
   *
   * @throws Problem 404, 422 where there is no value or the entry is one to be kept, 409 where another request waits
   */
  async request(me: Actor, entryId: string, { fields, reason }: NewRedaction): Promise<string> {
    const wanted = [...new Set(fields)];
    try {
      return await this.change.by(because(me, reason), async (tx) => {
        const entry = await entryOf(tx, entryId);
        if (KEPT.includes(entry.entity_type)) throw RedactionProblem.not_redactable();
        openingsOf(entry, wanted);
        const asked = { entryId, fields: wanted, reason, status: 'pending' as const };
        const by = { requestedById: me.id, requestedBy: me.username, requestedAt: tx.now };
        const told = { verb: 'requested', also: () => ({ fields: [null, wanted] as const }) };
        const [redaction] = (await tx.insert(Redaction, [{ ...asked, ...by }], told)) as [Redaction];
        return written(tx, redaction.id);
      });
    } catch (error) {
      throw violates(error, 'redactions_open_key') ? RedactionProblem.redaction_pending() : error;
    }
  }

  /**
   * Takes the values out, at once and for good. The leaf of the entry stays what it was.
   *
   * @throws Problem 404, 403 for one's own request, 409 where it was decided already
   */
  approve(me: Actor, id: number): Promise<string> {
    return this.change.by(me, async (tx) => {
      const redaction = await this.decide(tx, me, id, 'approved');
      const { entryId, fields, requestedBy } = redaction;
      const before = await entryOf(tx, entryId);
      await tx.query(sql`SELECT redact_audit_entry(${id}::int, ${JSON.stringify(openingsOf(before, fields))}::jsonb)`);
      const after = await entryOf(tx, entryId);
      if (!hashOf(after).equals(hashOf(before))) throw new Error(`The leaf of entry ${entryId} would not be the same`);
      const changes = { fields: [null, fields], redaction: [null, id], requested_by: [null, requestedBy] } as const;
      tx.record({ action: REDACTED_ACTION, ...subjectOf(entryId, changes) });
      return written(tx, id);
    });
  }

  /** @throws Problem 404, 403 for one's own request, 409 where it was decided already */
  decline(me: Actor, id: number): Promise<string> {
    return this.change.by(me, async (tx) => {
      await this.decide(tx, me, id, 'declined');
      return written(tx, id);
    });
  }

  private async decide(tx: Tx, me: Actor, id: number, status: 'approved' | 'declined'): Promise<Redaction> {
    const [redaction] = await tx.lock(Redaction, [id]);
    if (!redaction) throw RedactionProblem.redaction_not_found(`Redaction ${id} not found`);
    if (redaction.status !== 'pending') throw RedactionProblem.redaction_decided(`It was ${redaction.status} already`);
    if (redaction.requestedById === me.id) throw RedactionProblem.own_redaction();
    // What is approved is what was asked for, and so is the reason of all that follows from it.
    if (status === 'approved') tx.as(because(me, redaction.reason));
    const decision = { status, decidedById: me.id, decidedBy: me.username, decidedAt: tx.now };
    await tx.update(Redaction, [redaction], decision, { verb: status });
    return redaction;
  }
}

/** What an `entry.redacted` is about. Entries that are numbered beyond the ids of records are named among its changes. */
function subjectOf(entryId: string, changes: Changes): Omit<TrailNote, 'action'> {
  const note = { entityType: REDACTED_TYPE, entityVersion: null };
  const id = Number(entryId);
  return id <= MAX_ID
    ? { ...note, entityId: id, changes }
    : { ...note, entityId: null, changes: { entry: [null, entryId], ...changes } };
}

/** @throws Problem 404 */
async function entryOf(tx: Tx, id: string): Promise<EntryRow> {
  const [row] = await tx.query<EntryRow>(sql`SELECT ${ENTRY_COLUMNS} FROM audit_trail a WHERE a.id = ${id}::bigint`);
  if (!row) throw RedactionProblem.entry_not_found(`Entry ${id} not found`);
  return row;
}

async function written(tx: Tx, id: number): Promise<string> {
  return ((await tx.query<JsonRow>(redactionById(id)))[0] as JsonRow).json;
}

const hashOf = (row: EntryRow): Buffer => leafHash(sealedEntry(row));

/** @throws Problem 422 where one of the fields has no value */
function openingsOf(entry: EntryRow, fields: readonly string[]): Openings {
  const gone = fields.find((field) => pathOf(field) in (entry.openings?.commitments ?? {}));
  if (gone) throw RedactionProblem.nothing_to_redact(`${gone} was redacted already`);
  const before = openingsWithout(entry, []);
  const missing = fields.find((field) => !(pathOf(field) in before.salts));
  if (missing) throw RedactionProblem.nothing_to_redact(`The entry has no value at ${missing}`);
  return openingsWithout(entry, fields.map(pathOf));
}
