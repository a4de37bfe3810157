import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { SYSTEM_USERNAMES } from '../auth/registration/reserved-usernames.js';
import { findConspicuousRecords, findFaults, parentReferences, positionsOfTasks } from './record-checks.sql.js';
import { type ImportFindings } from './sources/import-findings.js';
import { type LegacySource } from './sources/legacy-source.js';
import { findCycles } from './task-cycles.js';

/** Checks records against each other and the database. Faults go to the findings. */
export async function checkRecords(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
): Promise<void> {
  for await (const faults of findFaults(tx)) {
    for (const { entity, pk, record, ...fault } of faults) {
      findings.fault({ record: recordOf(record), model: models[entity], pk: shownPk(pk), ...fault });
    }
  }
  const { children, parents } = await parentReferences(tx);
  for (const cycle of findCycles(children, parents)) {
    const path = shortened([...cycle, cycle[0]]);
    const message = cycle.length === 1 ? 'parent_task is the task itself' : `parent_task closes a circle: ${path}`;
    const records = await positionsOfTasks(tx, cycle);
    cycle.forEach((pk) =>
      findings.fault({
        record: records.get(pk) ?? null,
        model: models.task,
        pk,
        field: 'parent_task',
        message,
        remedy: 'Take the parent of one of these tasks away in the old system, and dump again',
      }),
    );
  }
}

const recordOf = (record: string | null): number | null => (record === null ? null : Number(record));

/** Hides ids that only stand for the name of a record dumped without an id. */
const shownPk = (pk: number): number | null => (pk > 0 ? pk : null);

function shortened(circle: readonly unknown[]): string {
  const names = circle.length > 20 ? [...circle.slice(0, 10), '…', ...circle.slice(-5)] : circle;
  return names.join(' → ');
}

/** Collects warnings about records that are valid but conspicuous. */
export async function collectWarnings(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
  keptIds: boolean,
): Promise<void> {
  const found = await findConspicuousRecords(tx, keptIds, SYSTEM_USERNAMES);
  for (const { code, entity, pk } of found) findings.warn(code, `${models[entity]} ${pk}`);
}
