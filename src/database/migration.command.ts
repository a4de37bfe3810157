import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runCommand, toStderr } from '../command.js';
import { packageRoot } from '../config/package-root.js';

const USAGE = `Usage: npm run migration:run
       npm run migration:revert
       npm run migration:generate [-- NAME], in lower-case letters, digits and dashes`;
/** As the file names of migrations have it; another would never be run. */
const NAME = /^[a-z0-9-]+$/;

function options(): { verb: string; name: string } {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [verb = 'run', name = 'change'] = positionals;
  const most = verb === 'generate' ? 2 : 1;
  if (!['run', 'revert', 'generate'].includes(verb) || positionals.length > most || !NAME.test(name))
    throw new Error(USAGE);
  return { verb, name };
}

/** What TypeORM finds between the entities and the schema, as a pair of SQL files to be read before they are run. */
async function generate(source: DataSource, name: string): Promise<void> {
  const { upQueries, downQueries } = await source.driver.createSchemaBuilder().log();
  if (upQueries.length === 0) return toStderr('The entities and the schema agree: nothing to generate');
  const base = join(packageRoot(), 'migrations', `${Date.now()}-${name}`);
  const text = (queries: { query: string }[]) => queries.map(({ query }) => `${query};\n`).join('');
  writeFileSync(`${base}.up.sql`, text(upQueries));
  writeFileSync(`${base}.down.sql`, text([...downQueries].reverse()));
  toStderr(`Written: ${base}.up.sql and .down.sql`);
}

async function run(app: INestApplicationContext, { verb, name }: ReturnType<typeof options>): Promise<void> {
  const source = app.get(DataSource);
  if (verb === 'generate') return generate(source, name);
  if (verb === 'revert') await source.undoLastMigration();
  toStderr(
    verb === 'revert'
      ? 'The last migration was reverted'
      : `The schema is up to date (${source.migrations.length} migrations)`,
  );
}

await runCommand(USAGE, options, run, 'owner');
