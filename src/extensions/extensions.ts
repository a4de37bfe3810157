import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Type } from '@nestjs/common';
import { extensionFolders } from '../database/migrations.js';

const MODULE_FILE = /\.module\.(?:js|ts)$/;

/**
 * The modules of the team that extends the product: every `extensions/<name>/<name>.module.ts` that is there.
 *
 * @throws an error that names the extension which cannot be loaded
 */
export async function extensions(): Promise<Type[]> {
  return Promise.all(extensionFolders().map(loadExtension));
}

async function loadExtension(folder: string): Promise<Type> {
  const file = readdirSync(folder).find((name) => MODULE_FILE.test(name));
  if (!file) throw new Error(`The extension in ${folder} has no *.module.ts`);
  const path = join(folder, file);
  try {
    // Tests run as CommonJS, where a URL cannot be required.
    const loaded = (await import(path.endsWith('.ts') ? path : pathToFileURL(path).href)) as Record<string, unknown>;
    const found = Object.entries(loaded).find(
      ([name, value]) => name.endsWith('Module') && typeof value === 'function',
    );
    if (!found) throw new Error('it exports no class named *Module');
    return found[1] as Type;
  } catch (error) {
    throw new Error(`The extension ${path} cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
}
