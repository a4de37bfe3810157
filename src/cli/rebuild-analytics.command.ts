import { parseArgs } from 'node:util';
import { showProgress } from '../core/progress.js';
import { runCommand } from './run-command.js';
import { type Discrepancy } from '../analytics/rollups/rollups.repository.js';

/** Describes the figures that were wrong. */
function sentence({ assignee, stored, actual }: Discrepancy): string {
  const wrong = Object.entries(stored).filter(([name, value]) => value !== actual[name]);
  const figures = wrong.map(([name, value]) => `${name} was ${value}, is ${actual[name]}`);
  return `${assignee === 0 ? 'everyone' : `user ${assignee}`}: ${figures.join('; ')}\n`;
}

await runCommand(
  'Usage: npm run analytics:rebuild',
  () => parseArgs({ options: {} }).values,
  async (app) => {
    const { RollupReconciler } = await import('../analytics/rollups/rollup-reconciler.job.js');
    const progress = showProgress(process.stderr, 10_000);
    progress.phase('Counting all tasks');
    const differences = await app
      .get(RollupReconciler, { strict: false })
      .reconcile()
      .finally(() => progress.end());
    process.stdout.write(differences.map(sentence).join(''));
    process.stdout.write(
      differences.length === 0 ? 'OK: the totals equal a full count\n' : `${differences.length} rows repaired\n`,
    );
  },
);
