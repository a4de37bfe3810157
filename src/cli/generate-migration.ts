import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type DataSource } from 'typeorm';
import { extensionFolders, importFile } from '../core/config/extension-folders.js';
import { projectRoot } from '../core/config/project-root.js';
import { entityDrift, type EntityDrift } from '../infrastructure/database/entity-drift.js';
import { downFile, upFile } from './migration-text.js';

const ENTITY_FILE = /\.entity\.[jt]s$/;

export interface NewMigration {
  readonly name: string;
  /** Extension whose entities are compared; those of the product, where undefined. */
  readonly extension?: string | undefined;
  readonly folders?: readonly string[];
  readonly root?: string;
}

/**
 * Writes the drift between entities and schema as a pair of SQL files, to be read before they are run.
 *
 * @returns sentences about what was written, and what differs elsewhere
 */
export async function generateMigration(
  source: DataSource,
  { name, extension, folders = extensionFolders(), root = projectRoot() }: NewMigration,
): Promise<string[]> {
  if (extension !== undefined) assertKnown(extension, folders);
  const owners = await ownersOf(folders);
  const drift = (owner: string | undefined) => entityDrift(source, (entity) => owners.get(entity) === owner);
  const own = await drift(extension);
  const folder = join(root, extension === undefined ? '' : join('src', 'extensions', extension), 'migrations');
  const written =
    own.up.length > 0
      ? [`Written: ${write(join(folder, `${Date.now()}-${name}`), own)}.up.sql and .down.sql`]
      : ['The entities and the schema agree: nothing to generate'];
  const others = extension === undefined ? folders.map((folder) => basename(folder)) : [];
  for (const other of others)
    if ((await drift(other)).up.length > 0)
      written.push(`src/extensions/${other} differs too: npm run migration:generate -- --extension ${other} ${name}`);
  return written;
}

/** @throws Error that lists the extensions that are there */
export function assertKnown(extension: string, folders: readonly string[]): void {
  const names = folders.map((folder) => basename(folder));
  if (names.includes(extension)) return;
  throw new Error(`There is no extension "${extension}". Extensions: ${names.join(', ') || 'none'}`);
}

/** Maps the classes of files `*.entity.ts` to the extension that has the file. */
async function ownersOf(folders: readonly string[]): Promise<Map<unknown, string>> {
  const owners = new Map<unknown, string>();
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => ENTITY_FILE.test(file));
    for (const file of files)
      for (const exported of Object.values(await importFile(join(folder, file))))
        if (typeof exported === 'function') owners.set(exported, basename(folder));
  }
  return owners;
}

function write(path: string, { up, down }: EntityDrift): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.up.sql`, upFile(up));
  writeFileSync(`${path}.down.sql`, downFile(down));
  return path;
}
