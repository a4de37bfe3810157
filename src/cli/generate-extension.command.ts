import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../core/config/project-root.js';
import { parseCliArguments } from './arguments.js';
import { parseFields, type Field } from './extension-template/extension-fields.js';
import { extensionFiles } from './extension-template/extension-files.js';
import { assertFree, namesOf, type ExtensionNames } from './extension-template/extension-names.js';
import { toStderr } from './run-command.js';

const USAGE = `Usage: npm run generate:extension -- NAME --field "FIELD:TYPE" [--field …] [--files-only]
NAME is in the plural, such as visits or site-visits. TYPE is text, integer, number, boolean, date, timestamp, user or
enum(planned|done); with ? after it, the field is optional. For example:
       npm run generate:extension -- visits --field "visited_on:date" --field "site:text" --field "monitor:user?"
--files-only writes the files without building and without its documents`;

interface Options {
  readonly names: ExtensionNames;
  readonly fields: Field[];
  readonly filesOnly: boolean;
}

function options(): Options {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { field: { type: 'string', multiple: true }, 'files-only': { type: 'boolean' } },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Error(USAGE);
  const names = namesOf(name);
  const fields = parseFields(names.type, values.field ?? []);
  if (!existsSync(join(projectRoot(), 'src', 'main.ts'))) throw new Error('Extensions are generated in a source tree');
  assertFree(projectRoot(), names);
  return { names, fields, filesOnly: values['files-only'] ?? false };
}

function generate({ names, fields, filesOnly }: Options): void {
  const folder = join(projectRoot(), 'src', 'extensions', names.plural);
  try {
    for (const [path, text] of extensionFiles(names, fields, Date.now())) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    run(
      'The files could not be formatted',
      'node_modules/prettier/bin/prettier.cjs',
      '--log-level=warn',
      '--write',
      folder,
    );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  toStderr(`Written: src/extensions/${names.plural}`);
  if (filesOnly) return;
  run('The build or the document failed', 'src/run.mjs', 'cli/write-openapi.command');
  run('The table of permissions failed', 'src/run.mjs', 'cli/write-permissions.command');
  toStderr(`Written: its openapi.json and permissions.md. Now:
  npx jest --config test/jest.config.mjs src/extensions/${names.plural}
  npm start, then http://localhost:8000/docs`);
}

function run(failure: string, script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: projectRoot(), stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${failure}; the files are in src/extensions`);
}

const given = parseCliArguments(USAGE, options);
if (given) {
  try {
    generate(given);
  } catch (error) {
    toStderr((error as Error).message);
    process.exitCode = 1;
  }
}
