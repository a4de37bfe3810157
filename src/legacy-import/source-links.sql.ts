import sql, { raw, type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type Entity } from './sources/legacy-source.js';
import { staged } from './staging.sql.js';

/** Columns that refer to users or tags, by id or by name. */
const NAME_REFERENCES: readonly (readonly [entity: Entity, column: string, to: 'user' | 'tag', name: string])[] = [
  ['profile', 'user', 'user', 'username'],
  ['task', 'assignee', 'user', 'username'],
  ['task', 'creator', 'user', 'username'],
  ['notification', 'user', 'user', 'username'],
  ['link', 'tag', 'tag', 'name'],
];

/** Columns that refer to users and may be given a stand-in. */
export const USER_REFERENCES = [
  ['task', 'assignee'],
  ['task', 'creator'],
  ['notification', 'user'],
] as const;

export type UserReference = (typeof USER_REFERENCES)[number];

/** Resolves references by name to records that were dumped with their id. */
export async function resolveNames(tx: AuditedTransaction): Promise<void> {
  const [found] = await tx.query<{ any: boolean }>(sql`SELECT EXISTS (SELECT FROM staged_key) AS any`);
  if (!found?.any) return;
  for (const [entity, column, to, name] of NAME_REFERENCES) {
    await tx.query(sql`UPDATE ${staged(entity)} s SET ${raw(`"${column}"`)} = r.pk
      FROM staged_key k JOIN ${staged(to)} r ON lower(${raw(`r.${name}`)}) = lower(k.name) AND r.pk > 0
      WHERE k.entity = ${to} AND ${raw(`s."${column}"`)} = k.pk`);
  }
}

/** Merges tags of equal names. Staged names are in NFC, so names that differed in their Unicode form alone are equal. */
export function mergeTagsOfEqualNames(tx: AuditedTransaction): Promise<{ pk: number }[]> {
  return tx.query<{ pk: number }>(sql`WITH twins AS (
      SELECT pk, first FROM (SELECT pk, min(pk) OVER (PARTITION BY name COLLATE "C") AS first FROM staged_tag) s
      WHERE pk <> first),
    links AS (UPDATE staged_link l SET tag = t.first FROM twins t WHERE l.tag = t.pk),
    gone AS (DELETE FROM staged_tag s USING twins t WHERE s.pk = t.pk)
    SELECT pk::float8 FROM twins ORDER BY pk`);
}

/** Copies role and zone from profiles to users that have none. */
export async function copyProfiles(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`UPDATE staged_user u SET role = coalesce(u.role, p.role), timezone = coalesce(u.timezone, p.timezone)
    FROM staged_profile p WHERE p."user" = u.pk`);
}

/** A user whose role or zone was assumed, by id or by name where it was dumped without one. */
interface AssumedProfile {
  readonly name: string;
  readonly role: boolean;
  readonly zone: boolean;
}

/** Gives users without a role or a zone the ones that they had by default in the replaced system. */
export function assumeMissingProfiles(tx: AuditedTransaction): Promise<AssumedProfile[]> {
  return tx.query<AssumedProfile>(sql`UPDATE staged_user u
    SET role = coalesce(u.role, 'developer'), timezone = coalesce(u.timezone, 'Asia/Kolkata')
    FROM (SELECT pk, role IS NULL AS role, timezone IS NULL AS zone FROM staged_user) was
    WHERE was.pk = u.pk AND (was.role OR was.zone)
    RETURNING coalesce(nullif(u.pk, least(u.pk, 0))::text, u.username) AS name, was.role, was.zone`);
}

/**
 * Maps users who are referred to by name, and missing in the source, to existing users.
 *
 * @param matching whether all existing users may match, or those alone that earlier imports brought over
 */
export async function mapMissingUsers(tx: AuditedTransaction, source: string, matching: boolean): Promise<void> {
  await tx.query(sql`INSERT INTO import_map SELECT DISTINCT ON (k.pk) 'user', k.pk, u.id, 'known', NULL::bigint
    FROM staged_key k JOIN users u ON lower(u.username) = lower(k.name) AND NOT u.pending
    WHERE k.entity = 'user' AND (${matching} OR EXISTS (SELECT FROM legacy_ids l
      WHERE l.source = ${source} AND l.entity = 'user' AND l.id = u.id))
    ON CONFLICT DO NOTHING`);
}

/** Finds the stand-in by name: its pk in the source, its id here. */
export async function findStandIn(
  tx: AuditedTransaction,
  username: string,
): Promise<{ staged: string | null; here: number | null }> {
  const [found] = await tx.query<{ staged: string | null; here: number | null }>(sql`SELECT
    (SELECT min(pk) FROM staged_user WHERE lower(username) = lower(${username})) AS staged,
    (SELECT min(id) FROM users WHERE lower(username) = lower(${username}) AND NOT pending) AS here`);
  return found ?? { staged: null, here: null };
}

const isMissingUser = (reference: Sql): Sql => sql`${reference} IS NOT NULL
      AND NOT EXISTS (SELECT FROM import_map m WHERE m.entity = 'user' AND m.pk = ${reference})`;

/** Counts the references of a column to unmapped users, by user. */
export function countMissingUsers(
  tx: AuditedTransaction,
  [entity, column]: UserReference,
): Promise<{ name: string; n: number }[]> {
  const reference = raw(`s."${column}"`);
  return tx.query<{ name: string; n: number }>(sql`SELECT n, coalesce(k.name, pk::text) AS name
      FROM (SELECT ${reference} AS pk, count(*)::int AS n FROM ${staged(entity)} s WHERE ${isMissingUser(reference)} GROUP BY 1) l
      LEFT JOIN staged_key k USING (pk) ORDER BY pk`);
}

/** Replaces the references of a column to unmapped users. */
export async function replaceMissingUsers(
  tx: AuditedTransaction,
  [entity, column]: UserReference,
  pk: string,
): Promise<void> {
  await tx.query(sql`UPDATE ${staged(entity)} s SET ${raw(`"${column}"`)} = ${pk}::bigint
    WHERE ${isMissingUser(raw(`s."${column}"`))}`);
}

export async function mapUser(tx: AuditedTransaction, pk: string, id: number | null): Promise<void> {
  await tx.query(sql`INSERT INTO import_map VALUES ('user', ${pk}::bigint, ${id}::bigint, 'known', NULL)`);
}
