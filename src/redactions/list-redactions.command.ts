import { parseArgs } from 'node:util';
import { runCommand } from '../command.js';
import { Database } from '../database/database.js';
import { listedRedactions, redactionLine } from '../leaf-reading/redaction-list.js';

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
