import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import {
  addKnownIds,
  addMatches,
  addNewRecords,
  analyzeMap,
  assignSequenceIds,
  compareUsernames,
  continueSequence,
  isTargetEmpty,
  lockTarget,
  type Matching,
} from './id-map.sql.js';
import { ENTITIES_WITH_ID } from './sources/legacy-source.js';

/**
 * Maps records of the source to records of this database.
 *
 * @returns whether ids are kept, which needs an empty database
 */
export async function mapIds(tx: AuditedTransaction, source: string, matching: Matching): Promise<boolean> {
  const keep = await lockedWhileEmpty(tx);
  await addKnownIds(tx, source);
  await addMatches(tx, matching);
  for (const entity of ENTITIES_WITH_ID) await addNewRecords(tx, entity, keep);
  await analyzeMap(tx);
  return keep;
}

/** Checks whether the database is empty and then locks its tables; a filled database is not locked, so that users can go on. */
async function lockedWhileEmpty(tx: AuditedTransaction): Promise<boolean> {
  if (!(await isTargetEmpty(tx))) return false;
  await lockTarget(tx);
  return isTargetEmpty(tx);
}

/**
 * Assigns ids to new records without one, in the order of the source, after the ids that are kept. Call it once no check is
 * left that could reject the import.
 */
export async function assignIds(tx: AuditedTransaction): Promise<void> {
  for (const entity of ENTITIES_WITH_ID) await continueSequence(tx, entity);
  for (const entity of ENTITIES_WITH_ID) await assignSequenceIds(tx, entity);
}

/**
 * Rejects a second installation under the name of an earlier one, which would look as if it had been imported already.
 *
 * @throws Error where most users brought over earlier under this name are others in this source
 */
export async function assertSameInstallation(tx: AuditedTransaction, source: string): Promise<void> {
  const users = await compareUsernames(tx);
  if (users && users.same * 2 < users.all) {
    throw new Error(
      `"${source}" was imported before, and of its ${users.all} users that are here only ${users.same} have the same ` +
        'name: this seems to be another installation. Give it a name of its own by --source NAME',
    );
  }
}
