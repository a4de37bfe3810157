import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './project-root.js';

/** Returns the folders of the extensions: of the build where the build runs, of the source in tests. */
export function extensionFolders(): string[] {
  const built = process.argv[1]?.includes(`${join('/', 'dist', '/')}`) ?? false;
  const folder = join(projectRoot(), built ? 'dist' : 'src', 'extensions');
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

/** Imports a source file or its build. */
export async function importFile(path: string): Promise<Record<string, unknown>> {
  // Tests run as CommonJS, where a URL cannot be required.
  return (await import(path.endsWith('.ts') ? path : pathToFileURL(path).href)) as Record<string, unknown>;
}
