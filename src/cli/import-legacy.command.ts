import { parseArgs } from 'node:util';
import { runCommand, toStderr } from './run-command.js';
import { isTimeZone } from '../core/authorization/local-time.js';
import { showProgress } from '../core/progress.js';
import { summaryLines } from '../legacy-import/import-report.js';
import { type ImportOptions } from '../legacy-import/legacy-import.service.js';

const USAGE = `Usage: npm run import:legacy -- --from django-json FILE
       npm run import:legacy -- --from postgres URL
FILE may be compressed (gzip, xz, bzip2, zstd), a pipe such as <(zcat dump.json.gz), or - for the standard input
  --source NAME     names the installation, where several are imported; at most 64 characters
  --match-users     takes a user whose name and e-mail address are here already for the one who is here
  --match-tags      takes a tag whose name is here already for the one that is here
  --time-zone ZONE  IANA zone of times that have none, such as Asia/Kolkata; otherwise UTC
  --stand-in NAME   user who stands in for users that are referred to and missing from the dump`;
const MAX_SOURCE = 64;

function options(): ImportOptions {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      source: { type: 'string' },
      'match-users': { type: 'boolean', default: false },
      'match-tags': { type: 'boolean', default: false },
      'time-zone': { type: 'string' },
      'stand-in': { type: 'string' },
    },
  });
  const { from, source, 'time-zone': timeZone, 'stand-in': standIn } = values;
  const [origin, ...rest] = positionals;
  if ((from !== 'django-json' && from !== 'postgres') || !origin || rest.length > 0) throw new Error(USAGE);
  if (source !== undefined && (!source.trim() || source.length > MAX_SOURCE)) throw new Error(USAGE);
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new Error(`--time-zone must be an IANA time zone such as Asia/Kolkata or Europe/Berlin\n${USAGE}`);
  }
  const match = { users: values['match-users'], tags: values['match-tags'] };
  return { from, origin, source, match, timeZone, standIn };
}

await runCommand(USAGE, options, async (app, given) => {
  const { LegacyImport } = await import('../legacy-import/legacy-import.service.js');
  const progress = showProgress(process.stderr);
  try {
    const report = await app.get(LegacyImport, { strict: false }).run({ ...given, progress });
    progress.end();
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    summaryLines(report).forEach(toStderr);
    if (report.fault_count > 0) process.exitCode = 1;
  } catch (error) {
    progress.end();
    throw error;
  }
});
