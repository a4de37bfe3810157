import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { type Actor } from '../authorization/actor.js';
import { importFile } from './extension-folders.js';

const COMMAND_FILE = /\.command\.(?:js|ts)$/;

/** Application and actors that a command of an extension works with. */
export interface CommandContext {
  /** The modules of the product and of all extensions, on the configured database. */
  readonly app: INestApplicationContext;
  /**
   * Returns the user on whose behalf the command works, with what this user may do now.
   *
   * @param username default: the only active manager
   * @throws Error where there is no such active user, or no single manager
   */
  readonly actorNamed: (username?: string) => Promise<Actor>;
}

/** An npm command of an extension: `export const command` of `commands/<name>.command.ts` in its folder. */
export interface ExtensionCommand<O = unknown> {
  /** Unique among all extensions, such as `import:visits`. */
  readonly name: string;
  /** Printed for `--help`; names each option. */
  readonly usage: string;
  /** Reads the arguments strictly (`parseArgs`); what it throws is printed before anything starts. */
  readonly options: () => O;
  readonly work: (context: CommandContext, options: O) => Promise<void>;
}

/** Loads the commands of extensions. @throws where two have the same name */
export async function loadCommands(folders: readonly string[]): Promise<ExtensionCommand[]> {
  const files = folders.flatMap((folder) => commandFiles(join(folder, 'commands')));
  const loaded = await Promise.all(files.map(async (file) => (await importFile(file)).command as ExtensionCommand));
  const names = loaded.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two extensions have a command ${twice}`);
  return loaded;
}

function commandFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => COMMAND_FILE.test(name))
    .map((name) => join(folder, name));
}
