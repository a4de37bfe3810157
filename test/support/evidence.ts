import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { openBundle } from '../../src/transparency-log/bundle-verifier/bundle-files.js';
import { type EntryRecord, type Manifest } from '../../src/transparency-log/bundle-verifier/bundle.js';
import { type TestActor } from './actors.js';

/** Downloads a bundle to a place outside of the project. @returns the path of the zip */
export async function takeEvidence(who: TestActor, query = ''): Promise<string> {
  const { app, token } = who;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await app.nest.inject({ url: `/api/audit/evidence?${query}`, headers });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
  const zip = join(mkdtempSync(join(tmpdir(), 'evidence-')), 'bundle.zip');
  writeFileSync(zip, answer.rawPayload);
  return zip;
}

/** Unpacks a bundle beside itself. @returns the folder */
export async function unpack(zip: string): Promise<string> {
  const folder = mkdtempSync(join(dirname(zip), 'unpacked-'));
  const files = await openBundle(zip);
  for (const name of files.names) {
    const chunks: Buffer[] = [];
    for await (const chunk of files.read(name)) chunks.push(chunk);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), Buffer.concat(chunks));
  }
  await files.close();
  return folder;
}

/** A copy of an unpacked bundle, to be tampered with. */
export function copyOf(folder: string): string {
  const copy = mkdtempSync(join(dirname(folder), 'copy-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export interface Outcome {
  readonly code: number;
  readonly said: string;
}

/** Runs the verifier of a bundle as an inspector does, with Node alone. */
export function runVerifier(script: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: tmpdir(), env: {} }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, said: stdout + stderr }),
    );
  });
}

export const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

export function rewrite(folder: string, name: string, change: (text: string) => string): void {
  const before = read(folder, name);
  const after = change(before);
  if (after === before) throw new Error(`Nothing was changed in ${name}`);
  writeFileSync(join(folder, name), after);
}

const linesIn = (folder: string, name: string): string[] => read(folder, name).split('\n').slice(0, -1);

export const entriesIn = (folder: string): EntryRecord[] =>
  linesIn(folder, 'entries.ndjson').map((line) => JSON.parse(line) as EntryRecord);

export const manifestIn = (folder: string): Manifest => JSON.parse(read(folder, 'manifest.json')) as Manifest;

/** Makes the manifest fit the files again, as an attacker would. */
export function rehash(folder: string, change: (manifest: Record<string, unknown>) => void = () => undefined): void {
  const names = filesIn(folder).filter((name) => name !== 'manifest.json');
  const hashes = names.map((name) => [
    name,
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  ]);
  const manifest = { ...manifestIn(folder), files: Object.fromEntries(hashes) } as Record<string, unknown>;
  change(manifest);
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function filesIn(folder: string, top = folder): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path, top) : [relative(top, path)];
  });
}
