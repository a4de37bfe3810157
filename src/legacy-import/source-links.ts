import sql, { raw } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type ImportFindings } from './sources/import-findings.js';
import { type Entity, type LegacySource } from './sources/legacy-source.js';
import { SourceError } from './sources/source-error.js';
import { staged } from './staging.js';

/** Columns that refer to users or tags, by id or by name. */
const NAME_REFERENCES: readonly (readonly [entity: Entity, column: string, to: 'user' | 'tag', name: string])[] = [
  ['profile', 'user', 'user', 'username'],
  ['task', 'assignee', 'user', 'username'],
  ['task', 'creator', 'user', 'username'],
  ['notification', 'user', 'user', 'username'],
  ['link', 'tag', 'tag', 'name'],
];

const USER_REFERENCES = [
  ['task', 'assignee'],
  ['task', 'creator'],
  ['notification', 'user'],
] as const;

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

/** Resolves references by name to records that were dumped with their id. */
async function resolveNames(tx: AuditedTransaction): Promise<void> {
  const [found] = await tx.query<{ any: boolean }>(sql`SELECT EXISTS (SELECT FROM staged_key) AS any`);
  if (!found?.any) return;
  for (const [entity, column, to, name] of NAME_REFERENCES) {
    await tx.query(sql`UPDATE ${staged(entity)} s SET ${raw(`"${column}"`)} = r.pk
      FROM staged_key k JOIN ${staged(to)} r ON lower(${raw(`r.${name}`)}) = lower(k.name) AND r.pk > 0
      WHERE k.entity = ${to} AND ${raw(`s."${column}"`)} = k.pk`);
  }
}

/** Merges tags of equal names. Staged names are in NFC, so names that differed in their Unicode form alone are equal. */
async function mergeTags(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
): Promise<void> {
  const merged = await tx.query<{ pk: number; first: number }>(sql`WITH twins AS (
      SELECT pk, first FROM (SELECT pk, min(pk) OVER (PARTITION BY name COLLATE "C") AS first FROM staged_tag) s
      WHERE pk <> first),
    links AS (UPDATE staged_link l SET tag = t.first FROM twins t WHERE l.tag = t.pk),
    gone AS (DELETE FROM staged_tag s USING twins t WHERE s.pk = t.pk)
    SELECT pk::float8, first::float8 FROM twins ORDER BY pk`);
  merged.forEach(({ pk }) => findings.warn('tags_merged', `${models.tag} ${pk}`));
}

async function applyProfiles(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
): Promise<void> {
  await tx.query(sql`UPDATE staged_user u SET role = coalesce(u.role, p.role), timezone = coalesce(u.timezone, p.timezone)
    FROM staged_profile p WHERE p."user" = u.pk`);
  const bare = await tx.query<{ name: string; role: boolean; zone: boolean }>(sql`UPDATE staged_user u
    SET role = coalesce(u.role, 'developer'), timezone = coalesce(u.timezone, 'Asia/Kolkata')
    FROM (SELECT pk, role IS NULL AS role, timezone IS NULL AS zone FROM staged_user) was
    WHERE was.pk = u.pk AND (was.role OR was.zone)
    RETURNING coalesce(nullif(u.pk, least(u.pk, 0))::text, u.username) AS name, was.role, was.zone`);
  for (const { name, role, zone } of bare) {
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
  await tx.query(sql`INSERT INTO import_map SELECT DISTINCT ON (k.pk) 'user', k.pk, u.id, 'known', NULL::bigint
    FROM staged_key k JOIN users u ON lower(u.username) = lower(k.name) AND NOT u.pending
    WHERE k.entity = 'user' AND (${matching} OR EXISTS (SELECT FROM legacy_ids l
      WHERE l.source = ${source} AND l.entity = 'user' AND l.id = u.id))
    ON CONFLICT DO NOTHING`);
  if (standIn !== undefined) await letStandIn(tx, models, findings, standIn);
}

async function letStandIn(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
  standIn: string,
): Promise<void> {
  const [found] = await tx.query<{ staged: string | null; here: number | null }>(sql`SELECT
    (SELECT min(pk) FROM staged_user WHERE lower(username) = lower(${standIn})) AS staged,
    (SELECT min(id) FROM users WHERE lower(username) = lower(${standIn}) AND NOT pending) AS here`);
  const { staged: stagedPk = null, here = null } = found ?? {};
  if (stagedPk === null && here === null) {
    throw new SourceError(
      `The user "${standIn.slice(0, 150)}" of --stand-in is neither here nor in the dump`,
      'Name one who is, or make one by npm run user:create',
    );
  }
  for (const [entity, column] of USER_REFERENCES) {
    const reference = raw(`s."${column}"`);
    const missing = sql`${reference} IS NOT NULL
      AND NOT EXISTS (SELECT FROM import_map m WHERE m.entity = 'user' AND m.pk = ${reference})`;
    const lost = await tx.query<{ name: string; n: number }>(sql`SELECT n, coalesce(k.name, pk::text) AS name
      FROM (SELECT ${reference} AS pk, count(*)::int AS n FROM ${staged(entity)} s WHERE ${missing} GROUP BY 1) l
      LEFT JOIN staged_key k USING (pk) ORDER BY pk`);
    lost.forEach(({ name, n }) => findings.warn('stood_in', `${models.user} ${name}`, n));
    const pk = stagedPk ?? STAND_IN_PK;
    await tx.query(sql`UPDATE ${staged(entity)} s SET ${raw(`"${column}"`)} = ${pk}::bigint WHERE ${missing}`);
  }
  if (stagedPk === null) {
    await tx.query(sql`INSERT INTO import_map VALUES ('user', ${STAND_IN_PK}::bigint, ${here}::bigint, 'known', NULL)`);
  }
}
