import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { runCommand, toStderr } from '../command.js';
import { packageRoot } from './package-root.js';

const [verb = 'run', name = 'change'] = process.argv.slice(2);

/** What TypeORM finds between the entities and the schema, as a pair of SQL files to be read before they are run. */
async function generate(source: DataSource): Promise<void> {
  const { upQueries, downQueries } = await source.driver.createSchemaBuilder().log();
  if (upQueries.length === 0) return toStderr('The entities and the schema agree: nothing to generate');
  const base = join(packageRoot(), 'migrations', `${Date.now()}-${name}`);
  const text = (queries: { query: string }[]) => queries.map(({ query }) => `${query};\n`).join('');
  writeFileSync(`${base}.up.sql`, text(upQueries));
  writeFileSync(`${base}.down.sql`, text([...downQueries].reverse()));
  toStderr(`Written: ${base}.up.sql and .down.sql`);
}

await runCommand(async (app) => {
  const source = app.get(DataSource);
  if (verb === 'revert') {
    await source.undoLastMigration();
    toStderr('The last migration was reverted');
  } else if (verb === 'generate') await generate(source);
  else if (verb === 'run') toStderr(`The schema is up to date (${source.migrations.length} migrations)`);
  else throw new Error(`Unknown: ${verb}. Use run, revert or generate NAME`);
});
