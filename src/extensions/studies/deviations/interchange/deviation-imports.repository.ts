import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { type Actor } from '../../../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../../../core/persistence/audited-transaction.js';
import { dayOf } from '../../records/columns.js';
import { accessJoins } from '../../records/study-access.sql.js';
import { type StudyAttributes } from '../../study.policy.js';
import { Deviation } from '../deviation.entity.js';
import { type Values } from './deviation-merge.js';

/** Site of the study, with what its records are judged by. */
export interface JudgedSite extends StudyAttributes {
  readonly id: number;
  readonly siteNumber: string | null;
}

/** The last import of a deviation. */
export interface LastImport {
  readonly deviationId: number;
  /** Values of its fields. */
  readonly imported: Values;
  /** Cells that no field has. */
  readonly kept: Readonly<Record<string, string>>;
}

/** Statements of imports of deviations; their number does not grow with the rows. */
@Injectable()
export class DeviationImportsRepository {
  async protocolOf(tx: AuditedTransaction, studyId: number): Promise<string> {
    const [study] = await tx.query<{ protocol: string }>(
      sql`SELECT sponsor_protocol_identifier AS protocol FROM studies WHERE id = ${studyId}`,
    );
    return study?.protocol ?? '';
  }

  sites(tx: AuditedTransaction, actor: Actor, studyId: number): Promise<JudgedSite[]> {
    return tx.query(sql`SELECT r.id, r.site_number AS "siteNumber", s.access, me.membership
      FROM study_sites r JOIN studies s ON s.id = r.study_id ${accessJoins(actor.id, dayOf(tx.now), raw('r.id'))}
      WHERE r.study_id = ${studyId}`);
  }

  /** Locks the deviations of a study that have any of some identifiers. */
  lock(tx: AuditedTransaction, studyId: number, identifiers: readonly string[]): Promise<Deviation[]> {
    return tx.lockWhere(
      Deviation,
      sql`study_id = ${studyId} AND sponsor_defined_identifier IN (SELECT unnest(${identifiers}::text[]))`,
    );
  }

  /** @returns the site of each of some monitoring visits of a study, which stay until the end of the transaction */
  async sitesOfVisits(
    tx: AuditedTransaction,
    studyId: number,
    ids: readonly number[],
  ): Promise<ReadonlyMap<number, number>> {
    const visits = await tx.query<{ id: number; siteId: number }>(sql`SELECT id, site_id AS "siteId"
      FROM monitoring_visits WHERE study_id = ${studyId} AND id = ANY(${ids}::int[]) ORDER BY id FOR KEY SHARE`);
    return new Map(visits.map(({ id, siteId }) => [id, siteId]));
  }

  async lastImports(tx: AuditedTransaction, ids: readonly number[]): Promise<ReadonlyMap<number, LastImport>> {
    const imports = await tx.query<LastImport>(sql`SELECT deviation_id AS "deviationId", imported, kept
      FROM deviation_imports WHERE deviation_id = ANY(${ids}::int[])`);
    return new Map(imports.map((last) => [last.deviationId, last]));
  }

  /** Keeps what the next import compares with. */
  async keep(tx: AuditedTransaction, imports: readonly LastImport[]): Promise<void> {
    if (imports.length === 0) return;
    await tx.query(sql`INSERT INTO deviation_imports (deviation_id, imported, kept)
      SELECT "deviationId", imported, kept
      FROM json_to_recordset(${JSON.stringify(imports)}::json) AS i("deviationId" integer, imported jsonb, kept jsonb)
      ON CONFLICT (deviation_id) DO UPDATE SET imported = EXCLUDED.imported, kept = EXCLUDED.kept`);
  }
}
