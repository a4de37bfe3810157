import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { rawJson, jsonString, pgTimestamp, RowSerializer } from '../core/http/row-serializer.js';
import { type ListReader } from '../core/http/list-response.js';
import { type PageQuery } from '../core/http/page.dto.js';
import { inScope } from '../core/authorization/policy.js';
import { Database } from '../infrastructure/database/database.js';
import { keysetReader, type KeysetList } from '../infrastructure/database/keyset-list.js';
import { USER_COLUMNS, visibleTimeZoneRequests } from './user.policy.js';
import { type ZoneRequest } from './users.dto.js';

const LIST: KeysetList<ZoneRequest> = {
  cursorScope: 'timezone requests id',
  keys: [{ expression: 'u.id', type: 'int' }],
  view: new RowSerializer<ZoneRequest>({
    id: [sql`u.id`, rawJson],
    username: [sql`u.username`, jsonString],
    email: [sql`u.email`, jsonString],
    timezone: [sql`u.timezone`, jsonString],
    requested_timezone: [sql`u.requested_timezone`, jsonString],
    created_at: [sql`u.created_at`, pgTimestamp],
  }),
};

/** Reads the time zones given at sign-up that a manager has to confirm. Pending accounts are left out. */
@Injectable()
export class ZoneRequestsQueries {
  constructor(private readonly database: Database) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, { cursor }: PageQuery): ListReader {
    const where = openRequests(actor);
    return keysetReader(this.database, LIST, {
      actorId: actor.id,
      cursor,
      from: sql`users u`,
      where,
      context: undefined,
    });
  }
}

const openRequests = (actor: Actor): Sql =>
  sql`u.requested_timezone IS NOT NULL AND NOT u.pending AND ${inScope(visibleTimeZoneRequests(actor), USER_COLUMNS)}`;
