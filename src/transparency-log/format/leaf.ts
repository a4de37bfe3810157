import { canonicalJson } from './canonical-json.js';
import { leafHash } from './merkle.js';
import { hmacSha256, sha256Hex } from './sha256.js';

/** A row of `audit_trail` as `ENTRY_LEAF_COLUMNS` selects it: bigints as text, times in UTC with microseconds. */
export interface EntryRow {
  readonly id: string | number;
  readonly occurred_at: string;
  readonly actor_id: number | null;
  readonly actor_name: string;
  readonly actor_role: string;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: number | null;
  readonly entity_version: number | null;
  readonly entity_name: string | null;
  /** `updated_at` of the record, in the format of `occurred_at`. */
  readonly entity_updated_at: string | null;
  /** `[before, after]` by field. */
  readonly changes: unknown;
  readonly reason: string | null;
  /** Request id of the client, or else of the server. */
  readonly request_id: string | null;
  /** The server's own id of a request to which the client gave one; otherwise the leaf omits it. */
  readonly server_request_id?: string | null | undefined;
  readonly session_id: number | null;
  readonly ip_address: string | null;
  /** 16 random bytes; null once a value was removed from the entry. */
  readonly salt: Uint8Array | null;
  /** Replace the salt from then on. */
  readonly openings?: Openings | null;
}

/** Opened salts and remaining commitments of a redacted entry, in lower-case hex, by path such as `changes.title.0` or `reason`. */
export interface Openings {
  /** Salts of the remaining values. */
  readonly salts: Readonly<Record<string, string>>;
  /** Commitments to the removed values. */
  readonly commitments: Readonly<Record<string, string>>;
}

/** The content that the leaf hash covers. Values that may have to be removed one day are in it as commitments only. */
export type Leaf = Omit<EntryRow, 'id' | 'salt' | 'openings' | 'server_request_id'> & {
  readonly v: 1;
  readonly id: string | number;
  readonly server_request_id?: string;
};

type Commit = (path: string, value: unknown) => string | null;

const SALT_BYTES = 16;

/**
 * Builds the leaf of an entry; the same before and after the removal of a value.
 *
 * @throws Error where a value has no salt, is present although it was removed, or has no canonical JSON
 */
export function leafContent(row: EntryRow): Leaf {
  const commit = commitmentsOf(row);
  return {
    // In the order of canonical JSON, which saves sorting.
    action: row.action,
    actor_id: row.actor_id,
    actor_name: row.actor_name,
    actor_role: row.actor_role,
    changes: mapValues(row.changes, commit),
    entity_id: row.entity_id,
    entity_name: commit('entity_name', row.entity_name),
    entity_type: row.entity_type,
    entity_updated_at: row.entity_updated_at,
    entity_version: row.entity_version,
    id: exactId(row.id),
    ip_address: row.ip_address,
    occurred_at: row.occurred_at,
    reason: commit('reason', row.reason),
    request_id: row.request_id,
    // Omitted where there is none: the leaves of entries older than this field must not change.
    ...(typeof row.server_request_id === 'string' && { server_request_id: row.server_request_id }),
    session_id: row.session_id,
    v: 1,
  };
}

/** Returns the leaf hash of RFC 6962 §2.1: SHA-256 of a zero byte and the canonical JSON of the leaf. */
export function entryLeafHash(leaf: Leaf): Buffer {
  return leafHash(canonicalJson(leaf));
}

/**
 * Computes the openings that replace the salt of an entry when values are removed from it.
 *
 * @param row before the removal; other values may have been removed earlier
 * @param removed paths of the values to remove now
 * @throws Error where there is no value at one of them
 */
export function redactOpenings(row: EntryRow, removed: readonly string[]): Openings {
  const salts: Record<string, string> = {};
  const commitments: Record<string, string> = {};
  const saltOf = saltsOf(row);
  const commit = commitmentsOf(row);
  const partition: Commit = (path, value) => {
    const commitment = commit(path, value);
    if (commitment === null) return null;
    if (value === null || removed.includes(path)) commitments[path] = commitment;
    else salts[path] = saltOf(path).toString('hex');
    return commitment;
  };
  partition('entity_name', row.entity_name);
  mapValues(row.changes, partition);
  partition('reason', row.reason);
  const missing = removed.find((path) => !(path in commitments));
  if (missing !== undefined) throw new Error(`There is no value at ${missing}`);
  return { salts, commitments };
}

/** Returns the SHA-256, in hex, of a value's salt followed by its canonical JSON. */
function commitment(salt: Uint8Array, value: unknown): string {
  return sha256Hex(salt, canonicalJson(value));
}

function commitmentsOf(row: EntryRow): Commit {
  const saltOf = saltsOf(row);
  return (path, value) => {
    const kept = row.openings?.commitments[path];
    // Otherwise a forged value could pass under the commitment to the true one.
    if (kept !== undefined && value !== null) throw new Error(`${path} was taken out and yet has a value`);
    if (kept !== undefined) return kept;
    return value === null ? null : commitment(saltOf(path), value);
  };
}

function mapValues(changes: unknown, commit: Commit): unknown {
  // Entries of any shape need a leaf, or they could not be sealed.
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return commit('changes', changes);
  const sealed = Object.entries(changes).map(([field, values]: [string, unknown]) => {
    const path = `changes.${field}`;
    return [field, Array.isArray(values) ? values.map((v, i) => commit(`${path}.${i}`, v)) : commit(path, values)];
  });
  return Object.fromEntries(sealed);
}

/** Keeps ids beyond 2^53 − 1 as text, since JSON numbers are not exact there. */
function exactId(id: string | number): string | number {
  return Number.isSafeInteger(Number(id)) ? Number(id) : String(id);
}

/** Returns the salt of a value by path: the opened one, or the first 16 bytes of HMAC-SHA-256 of the entry's salt and the path. */
function saltsOf({ salt, openings }: EntryRow): (path: string) => Buffer {
  if (salt) return (path) => hmacSha256(salt, path).subarray(0, SALT_BYTES);
  return (path) => {
    const kept = openings?.salts[path];
    if (kept === undefined) throw new Error(`The salt of ${path} is missing`);
    return Buffer.from(kept, 'hex');
  };
}
