import { type Leaf, type Openings } from '../format/leaf.js';

/** The format that is written. Exporter and verifier share the definitions of this file. */
export const FORMAT = 'ctms-evidence/3';
/** The previous format: its report shows hidden characters as they are, and its leaves have no `server_request_id`. */
const FORMAT_2 = 'ctms-evidence/2';
export type BundleFormat = typeof FORMAT | typeof FORMAT_2;
export const FORMATS: readonly BundleFormat[] = [FORMAT_2, FORMAT];

export const FILES = {
  readme: 'README.txt',
  verifier: 'verify.mjs',
  keys: 'keys.json',
  newest: 'checkpoints/newest.txt',
  earlier: 'checkpoints/earlier.txt',
  consistency: 'consistency.ndjson',
  entries: 'entries.ndjson',
  proofs: 'proofs.ndjson',
  report: 'report.html',
  manifest: 'manifest.json',
} as const;

/** Limits, in bytes, of the files that are read whole. */
export const MAX_BYTES: Readonly<Record<string, number>> = {
  [FILES.readme]: 65_536,
  [FILES.verifier]: 8_388_608,
  [FILES.keys]: 1_048_576,
  [FILES.newest]: 65_536,
  [FILES.earlier]: 33_554_432,
  [FILES.manifest]: 33_554_432,
};

/** A value that was removed from an entry, with requester, approver and reason. */
export interface Redacted {
  /** Such as `description.before` or `reason`. */
  readonly field: string;
  readonly by: string;
  readonly approved_by: string;
  readonly reason: string;
  readonly at: string;
}

/** The values of an entry that its leaf holds as commitments only. */
export interface EntryValues {
  readonly entity_name: string | null;
  /** `[before, after]` by field. */
  readonly changes: unknown;
  readonly reason: string | null;
}

/** A line of `entries.ndjson`. */
export interface EntryRecord {
  /** Position in the tree, from 0. */
  readonly position: number;
  /** The content that the leaf hash covers. */
  readonly leaf: Leaf;
  readonly values: EntryValues;
  /** In hex; null once a value was removed from the entry, which then has `openings`. */
  readonly salt: string | null;
  readonly openings: Openings | null;
  readonly redacted: readonly Redacted[];
}

/** A line of `proofs.ndjson`: proves that the entry at `position` is in the newest tree. Hashes in base64, from the leaf up. */
export interface InclusionProofRecord {
  readonly position: number;
  readonly hashes: readonly string[];
}

/** A line of `consistency.ndjson`: proves that the tree of `to` leaves extends that of `from` leaves. */
export interface ConsistencyProofRecord {
  readonly from: number;
  readonly to: number;
  readonly hashes: readonly string[];
}

/** An element of `keys.json`, oldest first. */
export interface KeyRecord {
  readonly id: string;
  /** `name+id+key`, the verifier key of c2sp.org/signed-note. */
  readonly key: string;
  /** Size of the tree at its introduction: it signs larger trees, until the next key. */
  readonly first_size: number;
  readonly introduced_at: string;
}

export interface BundleQuery {
  readonly from: string | null;
  readonly to: string | null;
  /** Records such as `task:7`; empty for all. */
  readonly entity: readonly string[];
}

/** The part that report and manifest share, known before the first entry is read. */
export interface BundleHeader {
  /** Id of the bundle; the audit entry of the export names it. */
  readonly bundle: string;
  readonly product: { readonly name: string; readonly version: string };
  readonly taken_by: { readonly id: number | null; readonly name: string; readonly role: string };
  readonly taken_at: string;
  readonly asked: BundleQuery;
  /** Set where no records were selected: every position from the first to the last has to be there. */
  readonly complete: boolean;
  readonly tree: {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    readonly time: string;
    readonly key: string;
  };
}

export interface Manifest extends BundleHeader {
  readonly format: BundleFormat;
  readonly entries: { readonly count: number; readonly first: number | null; readonly last: number | null };
  /** The audit entry of this export, which proves who requested it. */
  readonly export: { readonly entry: EntryRecord; readonly hashes: readonly string[] };
  /** SHA-256, in hex, of each other file. */
  readonly files: Readonly<Record<string, string>>;
}

/** A defect of a bundle, worded for an inspector. */
export class BundleError extends Error {}

/** The files of a bundle, zipped or unpacked. */
export interface BundleFiles {
  readonly names: readonly string[];
  /** @throws BundleError where there is no such file */
  read(name: string): AsyncIterable<Buffer>;
  close(): Promise<void>;
}
