import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

let cached: string | undefined;

/**
 * Returns the folder of this product's package.json. Searches from the started script, not from this module, because
 * the same source runs as ES modules (dist) and as CommonJS (tests), and they share no way to locate themselves.
 */
export function projectRoot(): string {
  cached ??= find();
  return cached;
}

function find(): string {
  const starts = [...scriptFolders(process.argv[1]), process.cwd()];
  for (const start of starts) {
    const root = findUpwards(start);
    if (root) return root;
  }
  throw new Error(`No package.json of "ctms" cached above ${starts.join(' or ')}: start it from the product's folder.`);
}

/** Tries the path as called before its real path: a checkout that links another one's node_modules is still itself. */
function scriptFolders(script: string | undefined): string[] {
  if (!script) return [];
  try {
    return [dirname(script), dirname(realpathSync(script))];
  } catch {
    return [];
  }
}

function findUpwards(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (nameIn(folder) === 'ctms') return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function nameIn(folder: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }).name;
  } catch {
    return undefined;
  }
}
