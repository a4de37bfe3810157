import { parseArgs } from 'node:util';
import { type INestApplicationContext } from '@nestjs/common';
import { parseCliArguments } from './arguments.js';
import { type Config } from '../core/config/config.js';
import { type Connection } from '../infrastructure/database/connection.js';
import { onDatabase, runCommand, toStderr } from './run-command.js';

const USAGE = `Usage: npm run migration:run
       npm run migration:revert [-- NAME] reverts the last migration, or the named one
       npm run migration:revert -- --extension EXTENSION reverts all of an extension, with its jobs
       npm run migration:generate [-- NAME] names it in lower-case letters, digits and dashes
       npm run migration:generate -- --extension EXTENSION [NAME] writes it into the folder of the extension`;
/** Pattern of the file names of migrations; one with another name would never run. */
const NAME = /^[a-z0-9-]+$/;
const RECORDED_NAME = /^[a-z0-9_-]+$/i;

interface Options {
  readonly verb: string;
  readonly name: string | undefined;
  readonly extension: string | undefined;
}

function options(): Options {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { extension: { type: 'string' } } });
  const [verb = 'run', name] = positionals;
  const { extension } = values;
  const takesName = verb === 'generate' || (verb === 'revert' && extension === undefined);
  const pattern = verb === 'revert' ? RECORDED_NAME : NAME;
  const isKnown = ['run', 'revert', 'generate'].includes(verb) && (verb !== 'run' || extension === undefined);
  const isNamed = name === undefined || pattern.test(name);
  const isExtension = extension === undefined || NAME.test(extension);
  if (!isKnown || positionals.length > (takesName ? 2 : 1) || !isNamed || !isExtension) throw new Error(USAGE);
  return { verb, name, extension };
}

async function generate(app: INestApplicationContext, { name = 'change', extension }: Options): Promise<void> {
  const { DataSource } = await import('typeorm');
  const { generateMigration } = await import('./generate-migration.js');
  (await generateMigration(app.get(DataSource), { name, extension })).forEach(toStderr);
}

async function run(config: Config, connection: Connection): Promise<void> {
  const { migrate } = await import('../infrastructure/database/data-source.js');
  const { migrations } = await import('../infrastructure/database/migrations.js');
  await migrate(config, connection);
  toStderr(`The schema is up to date (${migrations().length} migrations)`);
}

const given = parseCliArguments(USAGE, options);
// Reverting must not migrate first.
if (given?.verb === 'revert')
  await onDatabase(async (config, connection) => {
    const { extension, name } = given;
    if (extension !== undefined) {
      const { revertExtension } = await import('./revert-extension.js');
      return (await revertExtension(config, connection, extension)).forEach(toStderr);
    }
    const { revert } = await import('../infrastructure/database/data-source.js');
    const { revertMigration } = await import('../infrastructure/database/revert-migration.js');
    toStderr(await revert(config, connection, (owner) => revertMigration(owner, name)));
  });
// The SQL files are all that it needs: the modules of the product would take a second to load.
else if (given?.verb === 'run') await onDatabase(run);
else if (given) await runCommand(USAGE, () => given, generate, 'owner');
