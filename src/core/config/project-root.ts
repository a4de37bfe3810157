import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

let found: string | undefined;

/**
 * The folder of this product's package.json. Found from the started script rather than from this module's own place,
 * because the same source runs as ES modules (dist) and as CommonJS (tests), and they share no way to ask for that.
 */
export function projectRoot(): string {
  found ??= find();
  return found;
}

function find(): string {
  const starts = [...scriptPlaces(process.argv[1]), process.cwd()];
  for (const start of starts) {
    const root = climb(start);
    if (root) return root;
  }
  throw new Error(`No package.json of "ctms" found above ${starts.join(' or ')}: start it from the product's folder.`);
}

/** As called first: a checkout that borrows another one's node_modules by a symbolic link is still itself. */
function scriptPlaces(script: string | undefined): string[] {
  if (!script) return [];
  try {
    return [dirname(script), dirname(realpathSync(script))];
  } catch {
    return [];
  }
}

function climb(start: string): string | undefined {
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
