import { type AuditEntryAttributes } from '../audit.policy.js';
import { type Scope } from '../../core/authorization/policy.js';
import { canonicalJson } from '../../transparency-log/format/canonical-json.js';
import { type ReadSnapshot } from '../../transparency-log/storage/read-snapshot.js';
import { renderInTurns } from '../../transparency-log/storage/turns.js';
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
import {
  earlierCheckpoints,
  limitIdleTime,
  provableEntryAt,
  provableRows,
  type ProvableRow,
  type SealedExport,
} from './evidence.queries.js';
import { consistencyProofs, inclusionProofs } from './proofs.js';

const BATCH = 100;

/** The contents of a bundle, except the entries. */
export interface BundleContents {
  readonly header: BundleHeader;
  readonly sealed: SealedExport;
  readonly keys: readonly KeyRecord[];
  /** Sizes of earlier trees to prove consistency with. */
  readonly extended: readonly number[];
  readonly scope: Scope<AuditEntryAttributes>;
  /** Source text of the verifier. */
  readonly verifier: string;
}

/** Writes the files of a bundle from one snapshot, in constant memory. */
export class EvidenceBundle {
  readonly zip = new BundleZip();
  private readonly counts = { count: 0, first: null as number | null, last: null as number | null };

  constructor(
    private readonly snapshot: ReadSnapshot,
    private readonly contents: BundleContents,
  ) {}

  /** Resolves once the client has read the bundle. @throws Error where it disconnected or a file failed; the zip is then truncated */
  async write(): Promise<void> {
    try {
      await limitIdleTime(this.snapshot.query);
      await this.addFiles();
      await this.zip.finish();
    } catch (error) {
      this.zip.stream.destroy(error as Error);
      throw error;
    }
  }

  /** Adds the files in order; the manifest is last, since it holds the hashes of the others. */
  private async addFiles(): Promise<void> {
    const { header, sealed, keys, verifier } = this.contents;
    const earlier = await earlierCheckpoints(this.snapshot.query, sealed.size);
    const sizes = earlier.map(({ size }) => Number(size));
    this.zip.add(FILES.readme, () => streamText(readme(header)));
    this.zip.add(FILES.verifier, () => streamText(verifier));
    this.zip.add(FILES.keys, () => streamText(`${JSON.stringify(keys, null, 2)}\n`));
    this.zip.add(FILES.newest, () => streamText(sealed.note));
    this.zip.add(FILES.earlier, () => streamText(earlier.map(({ note }) => note).join('')));
    this.zip.add(FILES.consistency, () => this.consistency(sizes));
    this.zip.add(FILES.entries, () => this.entries());
    this.zip.add(FILES.proofs, () => this.proofs());
    this.zip.add(FILES.report, () => this.report());
    this.zip.add(FILES.manifest, () => this.manifest());
  }

  private async *consistency(sizes: readonly number[]): AsyncGenerator<string> {
    const to = this.contents.sealed.size;
    const wanted = [...new Set([...sizes, ...this.contents.extended.filter((size) => size < to)])].sort(
      (a, b) => a - b,
    );
    for (let i = 0; i < wanted.length; i += BATCH) {
      const batch = wanted.slice(i, i + BATCH);
      const proofs = await consistencyProofs(this.snapshot.query, batch, to);
      yield batch.map((from, k) => `${JSON.stringify({ from, to, hashes: proofs[k] })}\n`).join('');
    }
  }

  private async *entries(): AsyncGenerator<string> {
    const render = (row: ProvableRow) => {
      const line = toLine(row);
      this.count(line.position);
      return `${canonicalJson(line)}\n`;
    };
    for await (const rows of this.rows()) yield* renderInTurns(rows, render);
  }

  /** Counts an entry. Entries that audit a redaction may follow after the last selected one. */
  private count(position: number): void {
    const { counts } = this;
    counts.count++;
    counts.first ??= position;
    if (!this.contents.header.complete || counts.last === null || position === counts.last + 1) counts.last = position;
  }

  private async *proofs(): AsyncGenerator<string> {
    for await (const rows of this.rows()) {
      const positions = rows.map(({ position }) => Number(position));
      const proofs = await inclusionProofs(this.snapshot.query, positions, this.contents.sealed.size);
      yield positions.map((position, i) => `${JSON.stringify({ position, hashes: proofs[i] })}\n`).join('');
    }
  }

  private async *report(): AsyncGenerator<string> {
    yield reportHead(this.contents.header, FORMAT);
    let room = REPORT_ROOM;
    for await (const rows of this.rows()) {
      yield* renderInTurns(rows.slice(0, room), (row) => reportEntry(toLine(row), FORMAT));
      room -= Math.min(room, rows.length);
      if (room === 0) break;
    }
    yield reportFoot(this.counts.count);
  }

  private async *manifest(): AsyncGenerator<string> {
    const { header, sealed } = this.contents;
    const { query } = this.snapshot;
    const [hashes = []] = await inclusionProofs(query, [sealed.position], sealed.size);
    const entry = toEntryRecord(await provableEntryAt(query, sealed.position), sealed.position, []);
    const { counts, zip } = this;
    const manifest: Manifest = {
      format: FORMAT,
      ...header,
      entries: counts,
      export: { entry, hashes },
      files: zip.hashes,
    };
    yield `${JSON.stringify(manifest, null, 2)}\n`;
  }

  private async *rows(): AsyncGenerator<ProvableRow[]> {
    const { scope, header, sealed } = this.contents;
    const cursor = await provableRows(this.snapshot, scope, header.asked, sealed.size, BATCH);
    for (let rows = await cursor.take(BATCH); rows.length > 0; rows = await cursor.take(BATCH)) yield rows;
  }
}

const toLine = ({ position, redacted, ...row }: ProvableRow): EntryRecord =>
  toEntryRecord(row, Number(position), redacted);

async function* streamText(text: string): AsyncGenerator<string> {
  yield text;
}
