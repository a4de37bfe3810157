import sql, { type Sql } from 'sql-template-tag';
import { type Principal } from '../core/authorization/actor.js';

/** Inserts audit entries of a transaction. @param entries JSON of their drafts */
export function insertEntriesSql({ id, username, role, sessionId, requestContext }: Principal, entries: string): Sql {
  return sql`INSERT INTO audit_trail (actor_id, actor_name, actor_role, action, entity_type, entity_id,
        entity_version, entity_name, entity_updated_at, changes, reason, request_id, server_request_id, session_id, ip_address)
      SELECT ${id}::int, ${username}::text, ${role}::text, n.action, n."entityType", n."entityId", n."entityVersion",
        n."entityName", n."entityUpdatedAt", n.changes, ${requestContext.reason}::text, ${requestContext.requestId}::text, ${requestContext.serverRequestId ?? null}::uuid, ${sessionId || null}::int, ${requestContext.ip}::text
      FROM jsonb_to_recordset(${entries}::jsonb)
        AS n(action text, "entityType" text, "entityId" int, "entityVersion" int, "entityName" text,
          "entityUpdatedAt" timestamptz, changes jsonb)`;
}
