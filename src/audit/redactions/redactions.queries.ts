import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor, type Principal } from '../../core/authorization/actor.js';
import { shownReferences } from '../../core/authorization/restriction.sql.js';
import { type ListReader } from '../../core/http/list-response.js';
import { jsonString, pgTimestamp, rawJson, RowSerializer, unescapedString } from '../../core/http/row-serializer.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { keysetReader, type KeysetList } from '../../infrastructure/database/keyset-list.js';
import { inFilter } from '../../infrastructure/database/sql-filters.js';
import { type RedactionPage, type RedactionView } from './redactions.dto.js';

/** Serializes a row as `RedactionView`. */
const VIEW = new RowSerializer<RedactionView>({
  id: [sql`r.id`, rawJson],
  entry_id: [sql`r.entry_id`, rawJson],
  fields: [sql`to_json(r.fields)`, rawJson],
  reason: [sql`r.reason`, jsonString],
  status: [sql`r.status`, unescapedString],
  requested_by_id: [sql`r.requested_by_id`, rawJson],
  requested_by: [sql`r.requested_by`, jsonString],
  requested_at: [sql`r.requested_at`, pgTimestamp],
  decided_by_id: [sql`r.decided_by_id`, rawJson],
  decided_by: [sql`r.decided_by`, jsonString],
  decided_at: [sql`r.decided_at`, pgTimestamp],
  applied_at: [sql`r.applied_at`, pgTimestamp],
});

/** The list of `RedactionView`, newest first. */
const LIST: KeysetList<RedactionView> = {
  cursorScope: 'redactions -id',
  keys: [{ expression: 'r.id', type: 'int', descending: true }],
  view: VIEW,
};

/** Reads a redaction in the transaction that wrote it. @returns the serialized `RedactionView` */
export async function readBackRedaction(tx: AuditedTransaction, id: number): Promise<string> {
  const [row] = await tx.queryRaw(sql`SELECT ${VIEW.columns} FROM redactions r WHERE r.id = ${id}`);
  return VIEW.serialize(row ?? []);
}

/** Reads redactions as the API shows them. */
@Injectable()
export class RedactionsQueries {
  constructor(private readonly database: Database) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, { status, cursor }: RedactionPage): ListReader {
    const where = join([statusCondition(status), ...shownRedactions(actor)], ' AND ');
    const source = { from: sql`redactions r`, where };
    return keysetReader(this.database, LIST, { actorId: actor.id, cursor, ...source, context: undefined });
  }
}

/** Leaves out redactions `r` of entries whose records extensions keep from a user; no condition where nothing narrows. */
export function shownRedactions(principal: Principal): Sql[] {
  const shown = shownReferences(principal, { type: 'a.entity_type', id: 'a.entity_id' });
  if (shown.length === 0) return [];
  return [sql`EXISTS (SELECT FROM audit_trail a WHERE a.id = r.entry_id AND ${join(shown, ' AND ')})`];
}

const statusCondition = (status: RedactionPage['status']): Sql =>
  inFilter('r.status', status, 'text')[0] ?? raw('TRUE');
