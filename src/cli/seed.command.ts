import { parseArgs } from 'node:util';
import { showProgress } from '../core/progress.js';
import { type SampleOptions } from '../server/sample-data/sample-data.js';
import { runCommand, toStderr } from './run-command.js';

const USAGE = `Usage: npm run seed -- [--tasks 10000] [--users 50] [--seed 1] [--now TIME] [--allow-production]
Fills an empty database with users, tags and a year of tasks, their history, notifications and audit trail
  --tasks N           number of tasks, up to 10,000,000
  --users N           number of users, from 3 to 100,000; at least one of each role
  --seed N            the same number gives the same data
  --now TIME          the present of the data, such as 2026-06-01T12:00:00Z; otherwise the time of the database
  --allow-production  allows it in production, where the users get no password`;

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) throw new Error(USAGE);
  return number;
}

function options(): SampleOptions {
  const { values } = parseArgs({
    options: {
      tasks: { type: 'string', default: '10000' },
      users: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      now: { type: 'string' },
      'allow-production': { type: 'boolean', default: false },
    },
  });
  const now = values.now === undefined ? undefined : new Date(values.now);
  if (now && Number.isNaN(now.getTime())) throw new Error(USAGE);
  return {
    tasks: wholeNumber(values.tasks, 1, 10_000_000),
    users: wholeNumber(values.users, 3, 100_000),
    seed: wholeNumber(values.seed, 0, 2 ** 32 - 2),
    now,
    allowProduction: values['allow-production'],
  };
}

await runCommand(USAGE, options, async (app, given) => {
  const { createSampleData } = await import('../server/sample-data/sample-data.js');
  const progress = showProgress(process.stderr);
  try {
    const created = await createSampleData(app, { ...given, progress });
    progress.end();
    process.stdout.write(`${JSON.stringify(created)}\n`);
    if (created.password === null) toStderr('The users have no password: let them ask for one by mail');
    else toStderr(`Sign in as manager, developer, auditor or any other user; the password is ${created.password}`);
  } finally {
    progress.end();
  }
});
