import { createHash } from 'node:crypto';
import { canonicalJson } from '../format/canonical-json.js';
import { readBytes, readJson, readLines, parseBundleJson, readText } from './bundle-files.js';
import {
  BundleError,
  FILES,
  FORMATS,
  type BundleFiles,
  type EntryRecord,
  type Manifest,
  type InclusionProofRecord,
} from './bundle.js';
import { assertEntryProven, entryLabel, parseEntryRecord } from './entry-record.js';
import { REDACTED_ACTION, RedactionChecker } from './redaction-checker.js';
import { readme } from './readme.js';
import { reportEntry, reportFoot, reportHead, REPORT_ROOM } from './report.js';
import { assertHeaderMatches, type VerifiedCheckpoints } from './verify-checkpoints.js';

/** The changes of an `audit.exported`, as `[before, after]`. */
interface ExportChanges {
  readonly bundle?: readonly [null, string];
  readonly query?: readonly [null, Partial<Record<'from' | 'to', string>> & { readonly entity?: readonly string[] }];
}

const EXPORT_ACTION = 'audit.exported';

/**
 * Verifies the content of a bundle against the signed tree.
 *
 * @returns its manifest, which is then proven
 * @throws BundleError for the first defect
 */
export async function verifyContent(files: BundleFiles, trees: VerifiedCheckpoints): Promise<Manifest> {
  const manifest = await readJson<Manifest>(files, FILES.manifest);
  if (!FORMATS.includes(manifest?.format))
    throw new BundleError(`${FILES.manifest} is not of the format ${FORMATS.join(' or ')}`);
  if (typeof manifest.entries !== 'object' || manifest.entries === null)
    throw new BundleError(`${FILES.manifest} does not count the entries`);
  assertHeaderMatches(manifest, trees);
  const report = await verifyEntries(files, manifest, trees);
  assertExportEntryMatches(manifest, trees);
  await assertFileHashes(files, manifest);
  if ((await readText(files, FILES.readme)) !== readme(manifest))
    throw new BundleError(`${FILES.readme} is not the one that belongs to ${FILES.manifest}`);
  if (report !== manifest.files[FILES.report])
    throw new BundleError(`${FILES.report} does not show what the entries and ${FILES.manifest} say`);
  return manifest;
}

/** @returns the SHA-256 of the report that the entries render to */
async function verifyEntries(files: BundleFiles, manifest: Manifest, { newest }: VerifiedCheckpoints): Promise<string> {
  const proofs = readLines(files, FILES.proofs);
  const redactions = new RedactionChecker();
  const report = createHash('sha256').update(reportHead(manifest, manifest.format));
  let [count, last] = [0, null as EntryRecord | null];
  for await (const text of readLines(files, FILES.entries)) {
    const line = parseEntryRecord(text, `${FILES.entries} line ${++count}`);
    assertOrder(line, last, manifest);
    assertEntryProven(line, proofOrThrow(await proofs.next(), line), newest);
    redactions.process(line);
    if (count <= REPORT_ROOM) report.update(reportEntry(line, manifest.format));
    last = line;
  }
  if (!(await proofs.next()).done)
    throw new BundleError(`${FILES.proofs} has more lines than ${FILES.entries}: an entry is missing`);
  redactions.assertAllConfirmed();
  assertCounts(manifest, count, last);
  return report.update(reportFoot(count)).digest('hex');
}

function assertOrder(line: EntryRecord, last: EntryRecord | null, { complete, entries, tree }: Manifest): void {
  const before = last?.position ?? (complete ? (entries.first ?? tree.size) - 1 : -1);
  if (line.position <= before)
    throw new BundleError(`${entryLabel(line)} comes after position ${before}: the entries are not in order`);
  if (!complete || line.position === before + 1) return;
  // After the last selected position only entries that audit a redaction may follow.
  if (before < (entries.last ?? 0) || line.leaf.action !== REDACTED_ACTION)
    throw new BundleError(`${entryLabel(line)} comes after position ${before}: position ${before + 1} is missing`);
}

function proofOrThrow({ value, done }: IteratorResult<string>, line: EntryRecord): readonly string[] {
  const name = entryLabel(line);
  if (done) throw new BundleError(`${name} has no proof: ${FILES.proofs} ends before it`);
  const proof = parseBundleJson<InclusionProofRecord>(value as string, `The proof of ${name}`);
  if (proof?.position !== line.position)
    throw new BundleError(
      `${name} and the proof beside it, of position ${JSON.stringify(proof?.position)}, do not belong together: one of them is missing`,
    );
  return proof.hashes;
}

function assertCounts(manifest: Manifest, count: number, last: EntryRecord | null): void {
  const { entries, complete, asked, tree } = manifest;
  if (entries.count !== count)
    throw new BundleError(`${FILES.manifest} counts ${entries.count} entries, and there are ${count}`);
  const end = last?.position ?? null;
  if (end !== entries.last && !(complete && end !== null && entries.last !== null && end > entries.last))
    throw new BundleError(`${FILES.manifest} ends at position ${entries.last}, and the entries do not`);
  if (!complete) return;
  const fromFirst = asked.from !== null || entries.first === 0;
  const toLast = asked.to !== null || entries.last === null || entries.last === tree.size - 1;
  if ((asked.from === null && count === 0 && asked.to === null) || (count > 0 && !(fromFirst && toLast)))
    throw new BundleError(
      `The bundle is of everything ${extentLabel(asked)}, and has positions ${entries.first} to ${entries.last} of ${tree.size}`,
    );
}

const extentLabel = ({ from, to }: Manifest['asked']): string =>
  [...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`to ${to}`])].join(' ') || 'there is';

/** Compares who requested what with the audit entry of the export, which is in the tree. */
function assertExportEntryMatches(manifest: Manifest, { newest }: VerifiedCheckpoints): void {
  const line = parseEntryRecord(
    canonicalJson(manifest.export?.entry ?? null),
    `The entry of the export in ${FILES.manifest}`,
  );
  assertEntryProven(line, manifest.export.hashes, newest);
  const { leaf, values } = line;
  const { query: [, query] = [], bundle: [, bundle] = [] } = (values.changes ?? {}) as ExportChanges;
  const audited = {
    bundle: bundle ?? null,
    taken_by: { id: leaf.actor_id, name: leaf.actor_name, role: leaf.actor_role },
    taken_at: leaf.occurred_at,
    asked: { from: query?.from ?? null, to: query?.to ?? null, entity: query?.entity ?? [] },
    complete: (query?.entity ?? []).length === 0,
  };
  const { taken_by, taken_at, asked, complete } = manifest;
  const claimed = { bundle: manifest.bundle, taken_by, taken_at, asked, complete };
  const same = leaf.action === EXPORT_ACTION && canonicalJson(claimed) === canonicalJson(audited);
  if (!same)
    throw new BundleError(`${FILES.manifest} says another thing of who asked for what than ${entryLabel(line)}`);
}

async function assertFileHashes(files: BundleFiles, { files: hashes }: Manifest): Promise<void> {
  const listed = Object.keys(hashes ?? {});
  const missing = Object.values(FILES).find((name) => name !== FILES.manifest && !listed.includes(name));
  if (missing) throw new BundleError(`${FILES.manifest} does not list ${missing}`);
  const unknown = listed.find((name) => !(Object.values(FILES) as string[]).includes(name));
  if (unknown !== undefined)
    throw new BundleError(`${FILES.manifest} lists ${JSON.stringify(unknown)}, which is not a file of the bundle`);
  for (const name of listed) {
    const hash = createHash('sha256');
    for await (const chunk of readBytes(files, name)) hash.update(chunk);
    if (hash.digest('hex') !== hashes[name])
      throw new BundleError(`${name} is not the file that ${FILES.manifest} lists: its SHA-256 is another`);
  }
}
