import { parseArgs } from 'node:util';
import { runCommand, toStderr } from '../command.js';
import { summary } from './import-report.js';
import { LegacyImport, type ImportOptions } from './legacy-import.js';

const USAGE = `Usage: npm run import:legacy -- --from django-json FILE
       npm run import:legacy -- --from postgres URL
  --source NAME   names the installation, where several are imported; at most 64 characters
  --match-users   takes a user whose name and e-mail address are here already for the one who is here
  --match-tags    takes a tag whose name is here already for the one that is here`;
const MAX_SOURCE = 64;

function options(): ImportOptions {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      source: { type: 'string' },
      'match-users': { type: 'boolean', default: false },
      'match-tags': { type: 'boolean', default: false },
    },
  });
  const { from, source } = values;
  const [origin, ...rest] = positionals;
  if ((from !== 'django-json' && from !== 'postgres') || !origin || rest.length > 0) throw new Error(USAGE);
  if (source !== undefined && (!source.trim() || source.length > MAX_SOURCE)) throw new Error(USAGE);
  return { from, origin, source, match: { users: values['match-users'], tags: values['match-tags'] } };
}

await runCommand(USAGE, options, async (app, given) => {
  const report = await app.get(LegacyImport, { strict: false }).run(given);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  summary(report).forEach(toStderr);
  if (report.fault_count > 0) process.exitCode = 1;
});
