import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { type VersionedJson } from '../../core/http/entity-tags.js';
import { type ListResponse } from '../../core/http/list-response.js';
import { type RawRow } from '../../core/http/row-serializer.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { ilikeFilter, inFilter } from '../../infrastructure/database/sql-filters.js';
import { StudyRecordsQueries, versioned } from './records/study-records.queries.js';
import { accessJoins, visibleTo } from './records/study-access.sql.js';
import { StudyProblem } from './studies.problems.js';
import { type StudyFilter, type StudyView } from './studies.dto.js';
import { STUDY_VIEW } from './study-view.sql.js';

const SORTS = {
  id: { expression: 's.id', type: 'int' },
  sponsor_protocol_identifier: { expression: 's.sponsor_protocol_identifier', type: 'text' },
  updated_at: { expression: 's.updated_at', type: 'timestamptz' },
} as const;

/** Reads studies within the scope of the actor's policy. */
@Injectable()
export class StudiesQueries {
  constructor(
    private readonly database: Database,
    private readonly records: StudyRecordsQueries,
  ) {}

  list(actor: Actor, filter: StudyFilter): ListResponse<StudyView[]> {
    const { overall_status, nct_number, access, q } = filter;
    return this.records.listRows(actor, filter, {
      name: 'studies',
      view: STUDY_VIEW,
      sorts: SORTS,
      from: sql`studies s ${accessJoins(actor.id, this.records.today, undefined)}`,
      conditions: [
        visibleTo(actor),
        ...inFilter('s.overall_status', overall_status, 'text'),
        ...inFilter('s.nct_number', nct_number, 'text'),
        ...inFilter('s.access', access, 'text'),
        ...ilikeFilter(['s.sponsor_protocol_identifier', 's.full_title', 's.trial_short_title', 's.trial_acronym'], q),
      ],
    });
  }

  /** @throws Problem 404 `study_not_found` */
  async readOrThrow(actor: Actor, id: number): Promise<VersionedJson<StudyView>> {
    const [row] = await this.database.queryRaw(sql`SELECT ${STUDY_VIEW.columns} FROM studies s
      ${accessJoins(actor.id, this.records.today, undefined)} WHERE s.id = ${id} AND ${visibleTo(actor)}`);
    if (!row) throw StudyProblem.study_not_found(`Study ${id} not found`);
    return versioned(STUDY_VIEW, row, false);
  }

  /** Reads a study in the transaction that wrote it. */
  async readBack(tx: AuditedTransaction, id: number): Promise<VersionedJson<StudyView>> {
    const [row] = await tx.queryRaw(sql`SELECT ${STUDY_VIEW.columns} FROM studies s WHERE s.id = ${id}`);
    return versioned(STUDY_VIEW, row as RawRow, false);
  }
}
