import { canonicalJson } from './canonical-json.js';
import { leafHash } from './merkle.js';
import { hmacSha256, sha256Hex } from './sha256.js';

/** A row of `audit_trail`, as SQL gives it: bigints as text, times in UTC with microseconds. */
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
  /** `updated_at` of the record, in the form of `occurred_at`. */
  readonly entity_updated_at: string | null;
  /** By field: `[before, after]`. */
  readonly changes: unknown;
  readonly reason: string | null;
  /** The name that the client gave its request, or else the server's own. */
  readonly request_id: string | null;
  /** The server's own name of a request that the client named; else it is left out of the leaf. */
  readonly server_request_id?: string | null | undefined;
  readonly session_id: number | null;
  readonly ip_address: string | null;
  /** 16 random bytes; null once something was taken out of the entry. */
  readonly salt: Uint8Array | null;
  /** What stands for the salt since then. */
  readonly openings?: Openings | null;
}

/** By path, such as `changes.title.0` or `reason`, in lower-case hex. */
export interface Openings {
  /** Salts of the values that are still there. */
  readonly salts: Readonly<Record<string, string>>;
  /** Commitments to the values that were taken out. */
  readonly commitments: Readonly<Record<string, string>>;
}

/** What is sealed of an entry: what may have to be taken out one day is there as a commitment only. */
export type Leaf = Omit<EntryRow, 'id' | 'salt' | 'openings' | 'server_request_id'> & {
  readonly v: 1;
  readonly id: string | number;
  readonly server_request_id?: string;
};

type Commit = (path: string, value: unknown) => string | null;

const SALT_BYTES = 16;

/**
 * The sealed form of an entry; the same before and after a value was taken out of it.
 *
 * @throws where a value has no salt, is there although it was taken out, or has no canonical JSON
 */
export function leafContent(row: EntryRow): Leaf {
  const commit = commitmentsOf(row);
  return {
    // In the order of canonical JSON, which is then soon sorted.
    action: row.action,
    actor_id: row.actor_id,
    actor_name: row.actor_name,
    actor_role: row.actor_role,
    changes: eachValue(row.changes, commit),
    entity_id: row.entity_id,
    entity_name: commit('entity_name', row.entity_name),
    entity_type: row.entity_type,
    entity_updated_at: row.entity_updated_at,
    entity_version: row.entity_version,
    id: exactly(row.id),
    ip_address: row.ip_address,
    occurred_at: row.occurred_at,
    reason: commit('reason', row.reason),
    request_id: row.request_id,
    // Left out of entries that have none: leaves from before there was this field stay what they are.
    ...(typeof row.server_request_id === 'string' && { server_request_id: row.server_request_id }),
    session_id: row.session_id,
    v: 1,
  };
}

/** RFC 6962 §2.1: SHA-256 of a zero byte and the canonical JSON of the leaf. */
export function entryLeafHash(leaf: Leaf): Buffer {
  return leafHash(canonicalJson(leaf));
}

/**
 * What has to be kept of an entry from which values are taken out, in place of its salt.
 *
 * @param row as it is before; values may have been taken out of it already
 * @param taken the paths of the values that go now
 * @throws if there is no value at one of them
 */
export function redactOpenings(row: EntryRow, taken: readonly string[]): Openings {
  const salts: Record<string, string> = {};
  const commitments: Record<string, string> = {};
  const saltOf = saltsOf(row);
  const commit = commitmentsOf(row);
  const sort: Commit = (path, value) => {
    const commitment = commit(path, value);
    if (commitment === null) return null;
    if (value === null || taken.includes(path)) commitments[path] = commitment;
    else salts[path] = saltOf(path).toString('hex');
    return commitment;
  };
  sort('entity_name', row.entity_name);
  eachValue(row.changes, sort);
  sort('reason', row.reason);
  const missing = taken.find((path) => !(path in commitments));
  if (missing !== undefined) throw new Error(`There is no value at ${missing}`);
  return { salts, commitments };
}

/** SHA-256 of the salt of a value and of its canonical JSON, in hex. */
export function commitment(salt: Uint8Array, value: unknown): string {
  return sha256Hex(salt, canonicalJson(value));
}

function commitmentsOf(row: EntryRow): Commit {
  const saltOf = saltsOf(row);
  return (path, value) => {
    const kept = row.openings?.commitments[path];
    // Else a forged value could hide behind the commitment to the true one.
    if (kept !== undefined && value !== null) throw new Error(`${path} was taken out and yet has a value`);
    if (kept !== undefined) return kept;
    return value === null ? null : commitment(saltOf(path), value);
  };
}

function eachValue(changes: unknown, commit: Commit): unknown {
  // Whatever its shape may be, an entry has a leaf.
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return commit('changes', changes);
  const sealed = Object.entries(changes).map(([field, values]: [string, unknown]) => {
    const path = `changes.${field}`;
    return [field, Array.isArray(values) ? values.map((v, i) => commit(`${path}.${i}`, v)) : commit(path, values)];
  });
  return Object.fromEntries(sealed);
}

/** JSON numbers are exact up to 2^53 − 1; ids beyond that are text. */
function exactly(id: string | number): string | number {
  return Number.isSafeInteger(Number(id)) ? Number(id) : String(id);
}

/** The salt of each value: kept by itself, or the first 16 bytes of HMAC-SHA-256 of the entry's salt and the path. */
function saltsOf({ salt, openings }: EntryRow): (path: string) => Buffer {
  if (salt) return (path) => hmacSha256(salt, path).subarray(0, SALT_BYTES);
  return (path) => {
    const kept = openings?.salts[path];
    if (kept === undefined) throw new Error(`The salt of ${path} is missing`);
    return Buffer.from(kept, 'hex');
  };
}
