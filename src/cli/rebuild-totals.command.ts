import { parseArgs } from 'node:util';
import { runCommand } from './run-command.js';
import { TotalsCheck, type Difference } from '../analytics/rollups/totals-check.js';

/** Only the figures that were wrong. */
function sentence({ assignee, told, counted }: Difference): string {
  const wrong = Object.entries(told).filter(([name, value]) => value !== counted[name]);
  const figures = wrong.map(([name, value]) => `${name} was ${value}, is ${counted[name]}`);
  return `${assignee === 0 ? 'everyone' : `user ${assignee}`}: ${figures.join('; ')}\n`;
}

await runCommand(
  'Usage: npm run analytics:rebuild',
  () => parseArgs({ options: {} }).values,
  async (app) => {
    const differences = await app.get(TotalsCheck, { strict: false }).rebuild();
    process.stdout.write(differences.map(sentence).join(''));
    process.stdout.write(
      differences.length === 0
        ? 'OK: the totals are what a full count says\n'
        : `${differences.length} rows repaired\n`,
    );
  },
);
