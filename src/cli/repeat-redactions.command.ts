import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCommand } from './run-command.js';
import { quotedText } from '../core/quoted-text.js';
import { parseRedactions, type ListedRedaction } from '../transparency-log/storage/redaction-list.js';
import { type Repetition } from '../audit/redactions/redaction-repetition.service.js';

const USAGE = 'Usage: npm run redactions:repeat -- [--dry-run] FILE...';

const WORDS: Readonly<Record<Repetition['outcome'], string>> = {
  present: 'is there',
  'no entry': 'has no entry here: it went with the history that this database lacks',
  repeated: 'was repeated',
  'would repeat': 'would be repeated',
  waits: 'waits until its approval has been sealed again for REDACTION_DELAY_HOURS',
  refused: 'was NOT repeated: ',
};

function options() {
  const { values, positionals } = parseArgs({ options: { 'dry-run': { type: 'boolean' } }, allowPositionals: true });
  if (positionals.length === 0) throw new Error(USAGE);
  const text = positionals.flatMap((file) => parseRedactions(readFileSync(file, 'utf8'), file));
  return { dryRun: values['dry-run'] === true, listed: text };
}

const lineOf = ({ redaction, entry, fields }: ListedRedaction, { outcome, why = '' }: Repetition): string =>
  `Redaction ${redaction} (${fields.map(quotedText).join(', ')} of entry ${entry}) ${WORDS[outcome]}${why}\n`;

await runCommand(USAGE, options, async (app, { dryRun, listed }) => {
  const { RedactionRepetition } = await import('../audit/redactions/redaction-repetition.service.js');
  const repetition = app.get(RedactionRepetition, { strict: false });
  const counts = new Map<Repetition['outcome'], number>();
  for (const redaction of listed) {
    const result = await repetition.repeat(redaction, dryRun);
    counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
    process.stdout.write(lineOf(redaction, result));
  }
  const count = (outcome: Repetition['outcome']) => counts.get(outcome) ?? 0;
  const refused = count('refused');
  process.stdout.write(
    `${refused > 0 ? 'NOT OK' : 'OK'}: ${listed.length} redactions, ${count('present')} there, ` +
      (dryRun ? `${count('would repeat')} to repeat` : `${count('repeated')} repeated`) +
      `, ${count('waits')} waiting, ${count('no entry')} without an entry, ${refused} refused\n`,
  );
  if (refused > 0) process.exitCode = 1;
});
