import sql, { raw } from 'sql-template-tag';
import { type AuditEntryAttributes } from '../audit.policy.js';
import { type Scope } from '../../core/authorization/policy.js';
import { canonicalJson } from '../../transparency-log/format/canonical-json.js';
import { type ReadSnapshot } from '../../transparency-log/storage/read-snapshot.js';
import {
  FILES,
  FORMAT,
  type EntryRecord,
  type KeyRecord,
  type Manifest,
  type BundleHeader,
} from '../../transparency-log/bundle-verifier/bundle.js';
import { toEntryRecord } from '../../transparency-log/bundle-verifier/entry-record.js';
import { readme } from '../../transparency-log/bundle-verifier/readme.js';
import { reportEntry, reportFoot, reportHead, REPORT_ROOM } from '../../transparency-log/bundle-verifier/report.js';
import { BundleZip } from './bundle-zip.js';
import { earlierCheckpoints, entryAt, provableRows, type ProvableRow, type SealedExport } from './evidence.queries.js';
import { consistencyProofs, inclusionProofs } from './proofs.js';

const BATCH = 100;
/** So long a reader may pause before its connection to the database is wanted elsewhere. */
const PATIENCE = "'10min'";

/** What a bundle is made from, but for the entries. */
export interface BundleContents {
  readonly subject: BundleHeader;
  readonly sealed: SealedExport;
  readonly keys: readonly KeyRecord[];
  /** Sizes of trees that somebody wants to see extended. */
  readonly extended: readonly number[];
  readonly scope: Scope<AuditEntryAttributes>;
  /** The text of the verifier. */
  readonly verifier: string;
}

/** The files of a bundle, all of one snapshot, in constant memory. */
export class EvidenceBundle {
  readonly zip = new BundleZip();
  private readonly seen = { count: 0, first: null as number | null, last: null as number | null };

  constructor(
    private readonly snapshot: ReadSnapshot,
    private readonly evidence: BundleContents,
  ) {}

  /** Until everything was read. @throws where the reader left, or something could not be made: then the zip has no end */
  async write(): Promise<void> {
    try {
      await this.snapshot.query(sql`SET LOCAL idle_in_transaction_session_timeout = ${raw(PATIENCE)}`);
      await this.addFiles();
      await this.zip.finish();
    } catch (error) {
      this.zip.stream.destroy(error as Error);
      throw error;
    }
  }

  /** In their order; the manifest comes last, since it has the hashes of the others. */
  private async addFiles(): Promise<void> {
    const { subject, sealed, keys, verifier } = this.evidence;
    const earlier = await earlierCheckpoints(this.snapshot.query, sealed.size);
    const sizes = earlier.map(({ size }) => Number(size));
    this.zip.add(FILES.readme, () => whole(readme(subject)));
    this.zip.add(FILES.verifier, () => whole(verifier));
    this.zip.add(FILES.keys, () => whole(`${JSON.stringify(keys, null, 2)}\n`));
    this.zip.add(FILES.newest, () => whole(sealed.note));
    this.zip.add(FILES.earlier, () => whole(earlier.map(({ note }) => note).join('')));
    this.zip.add(FILES.consistency, () => this.consistency(sizes));
    this.zip.add(FILES.entries, () => this.entries());
    this.zip.add(FILES.proofs, () => this.proofs());
    this.zip.add(FILES.report, () => this.report());
    this.zip.add(FILES.manifest, () => this.manifest());
  }

  private async *consistency(sizes: readonly number[]): AsyncGenerator<string> {
    const to = this.evidence.sealed.size;
    const wanted = [...new Set([...sizes, ...this.evidence.extended.filter((size) => size < to)])].sort(
      (a, b) => a - b,
    );
    for (let i = 0; i < wanted.length; i += BATCH) {
      const batch = wanted.slice(i, i + BATCH);
      const proofs = await consistencyProofs(this.snapshot.query, batch, to);
      yield batch.map((from, k) => `${JSON.stringify({ from, to, hashes: proofs[k] })}\n`).join('');
    }
  }

  private async *entries(): AsyncGenerator<string> {
    for await (const lines of this.lines()) {
      yield lines.map((line) => `${canonicalJson(line)}\n`).join('');
      lines.forEach(({ position }) => this.count(position));
    }
  }

  /** What tells of a redaction may come behind the last entry that was asked for. */
  private count(position: number): void {
    const { seen } = this;
    seen.count++;
    seen.first ??= position;
    if (!this.evidence.subject.complete || seen.last === null || position === seen.last + 1) seen.last = position;
  }

  private async *proofs(): AsyncGenerator<string> {
    for await (const rows of this.rows()) {
      const positions = rows.map(({ position }) => Number(position));
      const proofs = await inclusionProofs(this.snapshot.query, positions, this.evidence.sealed.size);
      yield positions.map((position, i) => `${JSON.stringify({ position, hashes: proofs[i] })}\n`).join('');
    }
  }

  private async *report(): AsyncGenerator<string> {
    yield reportHead(this.evidence.subject, FORMAT);
    let room = REPORT_ROOM;
    for await (const lines of this.lines()) {
      yield lines
        .slice(0, room)
        .map((line) => reportEntry(line, FORMAT))
        .join('');
      room -= Math.min(room, lines.length);
      if (room === 0) break;
    }
    yield reportFoot(this.seen.count);
  }

  private async *manifest(): AsyncGenerator<string> {
    const { subject, sealed } = this.evidence;
    const { query } = this.snapshot;
    const [hashes = []] = await inclusionProofs(query, [sealed.position], sealed.size);
    const entry = toEntryRecord(await entryAt(query, sealed.position), sealed.position, []);
    const { seen, zip } = this;
    const manifest: Manifest = {
      format: FORMAT,
      ...subject,
      entries: seen,
      export: { entry, hashes },
      files: zip.hashes,
    };
    yield `${JSON.stringify(manifest, null, 2)}\n`;
  }

  private async *lines(): AsyncGenerator<EntryRecord[]> {
    for await (const rows of this.rows())
      yield rows.map(({ position, redacted, ...row }) => toEntryRecord(row, Number(position), redacted));
  }

  private async *rows(): AsyncGenerator<ProvableRow[]> {
    const { scope, subject, sealed } = this.evidence;
    const cursor = await provableRows(this.snapshot, scope, subject.asked, sealed.size, BATCH);
    for (let rows = await cursor.take(BATCH); rows.length > 0; rows = await cursor.take(BATCH)) yield rows;
  }
}

async function* whole(text: string): AsyncGenerator<string> {
  yield text;
}
