import { parseArgs } from 'node:util';
import { runCommand, toStderr } from './run-command.js';
import { type Retention } from '../audit/request-log/request-log.retention.service.js';

const USAGE = `Usage: npm run request-log:retain -- --months N
  --months N  keeps the current month and N whole months before it, 1 to 1200
  --detach    leaves the older months in the database as tables of their own, to be archived, instead of dropping them
  --dry-run   changes nothing`;

function options(): Retention {
  const { values } = parseArgs({
    options: {
      months: { type: 'string' },
      detach: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const months = Number(values.months);
  if (!/^\d{1,4}$/.test(values.months ?? '') || months < 1 || months > 1200) throw new Error(USAGE);
  return { months, detach: values.detach, dryRun: values['dry-run'] };
}

await runCommand(
  USAGE,
  options,
  async (app, given) => {
    const { RequestLogRetention } = await import('../audit/request-log/request-log.retention.service.js');
    const removed = await app.get(RequestLogRetention, { strict: false }).retain(given);
    process.stdout.write(`${JSON.stringify({ dry_run: given.dryRun, removed }, null, 2)}\n`);
    if (removed.length === 0) toStderr(`No month of the request log is older than ${given.months} months`);
  },
  'owner',
);
