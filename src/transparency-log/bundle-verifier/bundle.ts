import { type Leaf, type Openings } from '../format/leaf.js';

/** What a bundle of evidence is made of: for those who write one, and for those who verify it. */
export const FORMAT = 'ctms-evidence/3';
/** The format before: its report shows hidden characters as they are, and its leaves name no request of the server. */
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

/** Files that are small by their nature, with the most bytes that are read of them. */
export const MAX_BYTES: Readonly<Record<string, number>> = {
  [FILES.readme]: 65_536,
  [FILES.verifier]: 8_388_608,
  [FILES.keys]: 1_048_576,
  [FILES.newest]: 65_536,
  [FILES.earlier]: 33_554_432,
  [FILES.manifest]: 33_554_432,
};

/** A value that was taken out of an entry, and on whose word. */
export interface Redacted {
  /** Such as `description.before` or `reason`. */
  readonly field: string;
  readonly by: string;
  readonly approved_by: string;
  readonly reason: string;
  readonly at: string;
}

/** The values of an entry to which its leaf has commitments only. */
export interface EntryValues {
  readonly entity_name: string | null;
  /** By field: `[before, after]`. */
  readonly changes: unknown;
  readonly reason: string | null;
}

/** A line of `entries.ndjson`. */
export interface EntryRecord {
  /** In the tree; the first is 0. */
  readonly position: number;
  /** What is sealed of the entry. */
  readonly leaf: Leaf;
  readonly values: EntryValues;
  /** In hex; null once something was taken out of the entry: then there are `openings`. */
  readonly salt: string | null;
  readonly openings: Openings | null;
  readonly redacted: readonly Redacted[];
}

/** A line of `proofs.ndjson`: that the entry at `position` is in the newest tree. Hashes in base64, from the leaf up. */
export interface InclusionProofRecord {
  readonly position: number;
  readonly hashes: readonly string[];
}

/** A line of `consistency.ndjson`: that the tree of `to` leaves began as that of `from` leaves. */
export interface ConsistencyProofRecord {
  readonly from: number;
  readonly to: number;
  readonly hashes: readonly string[];
}

/** An element of `keys.json`, oldest first. */
export interface KeyRecord {
  readonly id: string;
  /** `name+id+key`, as tools for signed notes take it. */
  readonly key: string;
  /** How large the tree was when it was introduced: it signs larger ones, until the next key. */
  readonly first_size: number;
  readonly introduced_at: string;
}

export interface BundleQuery {
  readonly from: string | null;
  readonly to: string | null;
  /** Such as `task:7`; empty: everything. */
  readonly entity: readonly string[];
}

/** What the report and the manifest say alike, known before the first entry is read. */
export interface BundleHeader {
  /** Which bundle it is; the audit entry of the export names it. */
  readonly bundle: string;
  readonly product: { readonly name: string; readonly version: string };
  readonly taken_by: { readonly id: number | null; readonly name: string; readonly role: string };
  readonly taken_at: string;
  readonly asked: BundleQuery;
  /** Whether every position from the first to the last has to be there: nothing was asked for by record. */
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
  /** The audit entry of this very export, which proves who asked for what. */
  readonly export: { readonly entry: EntryRecord; readonly hashes: readonly string[] };
  /** SHA-256 in hex, of every other file. */
  readonly files: Readonly<Record<string, string>>;
}

/** What is wrong with a bundle, in words for an inspector. */
export class BundleError extends Error {}

/** The files of a bundle, packed or not. */
export interface BundleFiles {
  readonly names: readonly string[];
  /** @throws Fault where there is no such file */
  read(name: string): AsyncIterable<Buffer>;
  close(): Promise<void>;
}
