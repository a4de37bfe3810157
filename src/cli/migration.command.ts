import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type INestApplicationContext } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { parseCliArguments } from './arguments.js';
import { onDatabase, runCommand, toStderr } from './run-command.js';
import { projectRoot } from '../core/config/project-root.js';

const USAGE = `Usage: npm run migration:run
       npm run migration:revert [-- NAME] reverts the last migration, or the named one
       npm run migration:generate [-- NAME] names it in lower-case letters, digits and dashes`;
/** Pattern of the file names of migrations; one with another name would never run. */
const NAME = /^[a-z0-9-]+$/;
const RECORDED_NAME = /^[a-z0-9_-]+$/i;

interface Options {
  readonly verb: string;
  readonly name: string | undefined;
}

function options(): Options {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [verb = 'run', name] = positionals;
  const most = verb === 'run' ? 1 : 2;
  const pattern = verb === 'revert' ? RECORDED_NAME : NAME;
  const isKnown = ['run', 'revert', 'generate'].includes(verb);
  if (!isKnown || positionals.length > most || (name !== undefined && !pattern.test(name))) throw new Error(USAGE);
  return { verb, name };
}

/** Writes the drift between the entities and the schema as a pair of SQL files, to be read before they are run. */
async function generate(source: DataSource, name: string): Promise<void> {
  const { entityDrift } = await import('../infrastructure/database/entity-drift.js');
  const { up, down } = await entityDrift(source);
  if (up.length === 0) return toStderr('The entities and the schema agree: nothing to generate');
  const base = join(projectRoot(), 'migrations', `${Date.now()}-${name}`);
  const text = (statements: readonly string[]) => statements.map((statement) => `${statement};\n`).join('');
  writeFileSync(`${base}.up.sql`, text(up));
  writeFileSync(`${base}.down.sql`, text(down));
  toStderr(`Written: ${base}.up.sql and .down.sql`);
}

async function run(app: INestApplicationContext, { verb, name = 'change' }: Options): Promise<void> {
  const { DataSource } = await import('typeorm');
  const source = app.get(DataSource);
  if (verb === 'generate') return generate(source, name);
  toStderr(`The schema is up to date (${source.migrations.length} migrations)`);
}

const given = parseCliArguments(USAGE, options);
// Reverting must not migrate first, and needs no module of the product.
if (given?.verb === 'revert')
  await onDatabase(async (config, connection) => {
    const { revert } = await import('../infrastructure/database/data-source.js');
    toStderr(await revert(config, connection, given.name));
  });
else if (given) await runCommand(USAGE, () => given, run, 'owner');
