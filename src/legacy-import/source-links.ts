import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type ImportFindings } from './sources/import-findings.js';
import { type LegacySource } from './sources/legacy-source.js';
import { SourceError } from './sources/source-error.js';
import {
  assumeMissingProfiles,
  copyProfiles,
  countMissingUsers,
  findStandIn,
  mapMissingUsers,
  mapUser,
  mergeTagsOfEqualNames,
  replaceMissingUsers,
  resolveNames,
  USER_REFERENCES,
} from './source-links.sql.js';

/** Pk of a stand-in user who is not in the source; below every pk that stands for a name. */
const STAND_IN_PK = '-1000000000000000';

/** Completes the staged rows: resolves references by name, and copies role and zone from profiles to users. */
export async function completeStaged(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
): Promise<void> {
  await resolveNames(tx);
  await mergeTags(tx, models, findings);
  await applyProfiles(tx, models, findings);
}

async function mergeTags(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
): Promise<void> {
  const merged = await mergeTagsOfEqualNames(tx);
  merged.forEach(({ pk }) => findings.warn('tags_merged', `${models.tag} ${pk}`));
}

async function applyProfiles(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
): Promise<void> {
  await copyProfiles(tx);
  for (const { name, role, zone } of await assumeMissingProfiles(tx)) {
    if (role) findings.warn('role_assumed', `${models.user} ${name}`);
    if (zone) findings.warn('zone_assumed', `${models.user} ${name}`);
  }
}

/**
 * Resolves references to users who are missing in the source: to existing users of that name and, for all others, to the
 * stand-in.
 *
 * @param matching whether existing users match users of the same name in the source
 * @param standIn username of a user of the source, or of an existing one
 * @throws SourceError where there is no such user
 */
export async function findMissingUsers(
  tx: AuditedTransaction,
  { name: source, models }: LegacySource,
  findings: ImportFindings,
  matching: boolean,
  standIn: string | undefined,
): Promise<void> {
  await mapMissingUsers(tx, source, matching);
  if (standIn !== undefined) await letStandIn(tx, models, findings, standIn);
}

async function letStandIn(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
  standIn: string,
): Promise<void> {
  const { staged: stagedPk, here } = await findStandIn(tx, standIn);
  if (stagedPk === null && here === null) {
    throw new SourceError(
      `The user "${standIn.slice(0, 150)}" of --stand-in is neither here nor in the dump`,
      'Name one who is, or make one by npm run user:create',
    );
  }
  const pk = stagedPk ?? STAND_IN_PK;
  for (const reference of USER_REFERENCES) {
    const missing = await countMissingUsers(tx, reference);
    missing.forEach(({ name, n }) => findings.warn('stood_in', `${models.user} ${name}`, n));
    await replaceMissingUsers(tx, reference, pk);
  }
  if (stagedPk === null) await mapUser(tx, STAND_IN_PK, here);
}
