import { parseArgs } from 'node:util';
import { runCommand } from './run-command.js';
import { Database } from '../infrastructure/database/database.js';
import { listedRedactions, redactionLine } from '../transparency-log/storage/redaction-list.js';

const USAGE = 'Usage: npm run --silent redactions:list > redactions.ndjson';

await runCommand(
  USAGE,
  () => parseArgs({ options: {} }),
  async (app) => {
    const database = app.get(Database, { strict: false });
    const listed = await listedRedactions((statement) => database.rows(statement));
    for (const redaction of listed) process.stdout.write(redactionLine(redaction));
  },
);
