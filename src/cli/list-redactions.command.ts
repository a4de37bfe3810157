import { parseArgs } from 'node:util';
import { runCommand } from './run-command.js';

const USAGE = 'Usage: npm run --silent redactions:list > redactions.ndjson';

await runCommand(
  USAGE,
  () => parseArgs({ options: {} }),
  async (app) => {
    const { Database } = await import('../infrastructure/database/database.js');
    const { listedRedactions, redactionLine } = await import('../transparency-log/storage/redaction-list.js');
    const database = app.get(Database, { strict: false });
    const listed = await listedRedactions((statement) => database.rows(statement));
    for (const redaction of listed) process.stdout.write(redactionLine(redaction));
  },
);
