/** The imported entities. A profile holds role and zone of a user; a link is a tag of a task. */
export const ENTITIES = ['user', 'profile', 'tag', 'task', 'link', 'history', 'notification'] as const;
export type Entity = (typeof ENTITIES)[number];

/** Entities with an id of their own, in the order of their dependencies. */
export const ENTITIES_WITH_ID = ['user', 'tag', 'task', 'history', 'notification'] as const;
export type EntityWithId = (typeof ENTITIES_WITH_ID)[number];

/** One record of a replaced system, with the field names of that system. */
export interface LegacyRecord {
  readonly entity: Entity;
  readonly pk: unknown;
  /** Position in a dump, from 1. */
  readonly number?: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A kind of records that is not imported; the count is null where reading is not permitted. */
export interface SkippedModel {
  readonly model: string;
  readonly count: number | null;
  readonly reason: string;
}

/** A part of the source that cannot be read as a record. */
export interface Unreadable {
  readonly number: number;
  readonly model: string;
  readonly pk: unknown;
  readonly message: string;
  readonly remedy: string;
}

/** Reads a replaced installation: a file or a live database. */
export interface LegacySource {
  /** Identifies the installation, so that the import can be repeated. At most 64 characters. */
  readonly name: string;
  /** The source's own names of the entities. */
  readonly models: Readonly<Record<Entity, string>>;
  /** Streams all records once, in batches, in any order. */
  records(): AsyncIterable<LegacyRecord[]>;
  /** The unreadable parts that were read since the last call. */
  takeUnreadable(): Unreadable[];
  /** Fraction read so far, from 0 to 1; undefined where it is unknown. */
  progress(): number | undefined;
  /** The kinds that are not imported; complete after the last record. */
  skipped(): SkippedModel[];
  /** SHA-256 of the bytes of a file; complete after the last record. */
  sha256(): string | undefined;
  close(): Promise<void>;
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(users[._]usersession|user_sessions)$/, 'tokens of the old system open nothing here: all users sign in again'],
  [/^(users[._]emailverificationtoken|email_verification_tokens)$/, 'short-lived: users who still need one ask again'],
  [/^(audit[._]apiauditlog|api_audit_logs)$/, 'requests to the old system: keep them in its archive'],
  [/^(admin\.|django_admin)/, 'the log of the Django admin site, which has no counterpart here'],
  [/^(sessions\.|django_session)/, 'sessions of the Django admin site, which has no counterpart here'],
  [/^(contenttypes\.|django_content_type|django_migrations|alembic_version)/, 'bookkeeping of the old system itself'],
  [/^(auth[._]|users_user_(groups|user_permissions)$)/, 'here, rights follow from the role alone'],
];

export function skippedModel(model: string, count: number | null): SkippedModel {
  const reason = REASONS.find(([pattern]) => pattern.test(model))?.[1] ?? 'not known to this product';
  return { model, count, reason };
}
