import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Config } from '../core/config/config.js';
import { parseCliArguments } from './arguments.js';
import { showProgress } from '../core/progress.js';
import { runCommand } from './run-command.js';
import { IntegrityError } from '../transparency-log/storage/integrity-error.js';
import { parseRedactions } from '../transparency-log/storage/redaction-list.js';
import { parseCheckpoints } from '../transparency-log/format/checkpoint.js';
import { verify } from '../transparency-log/bundle-verifier/verify.js';
import { type VerificationResult } from '../transparency-log/verification/audit-verifier.service.js';

const USAGE =
  'Usage: npm run audit:verify -- [--checkpoints FILE]... [--redactions FILE]... [--grace SECONDS], or a bundle of evidence';
/** Seconds beyond the pause between two runs of the sealing, for a backlog or an outage. */
const GRACE = 300;
const threads = new URL('../transparency-log/storage/leaf-hash.worker.js', import.meta.url);

function options() {
  const { values } = parseArgs({
    options: {
      checkpoints: { type: 'string', multiple: true },
      redactions: { type: 'string', multiple: true },
      grace: { type: 'string' },
    },
  });
  const grace = values.grace === undefined ? undefined : Number(values.grace);
  if (grace !== undefined && !(grace >= 0)) throw new Error(USAGE);
  const exported = (values.checkpoints ?? []).flatMap((file) => parseCheckpoints(readFileSync(file, 'utf8')));
  const redactions = (values.redactions ?? []).flatMap((file) => parseRedactions(readFileSync(file, 'utf8'), file));
  return { grace, exported, redactions };
}

function sentence({ entries, root, checkpoints, time, keyId, waiting }: VerificationResult, grace: number): string {
  if (entries === 0) return `OK: no entry is sealed yet; ${waiting} wait, none for more than ${grace} s\n`;
  return `OK: ${entries} entries, root ${root}, ${checkpoints} checkpoints, the last of ${time} signed by ${keyId}; ${
    waiting
  } younger than ${grace} s wait to be sealed\n`;
}

/** True where the arguments name a bundle, which is verified without a database. */
function hasBundleArgument(): boolean {
  const text = { type: 'string', multiple: true } as const;
  const options = { checkpoints: text, redactions: text, grace: text, earlier: text, key: text };
  try {
    return parseArgs({ options, allowPositionals: true }).positionals.length > 0;
  } catch {
    return false;
  }
}

async function verifyDatabase(): Promise<void> {
  await runCommand(USAGE, options, async (app, given) => {
    const { AuditVerifier } = await import('../transparency-log/verification/audit-verifier.service.js');
    const progress = showProgress(process.stderr, 10_000);
    const grace = given.grace ?? app.get(Config).auditSealSeconds + GRACE;
    try {
      const verified = await app
        .get(AuditVerifier, { strict: false })
        .verify({ ...given, grace, threads, progress })
        .finally(() => progress.end());
      process.stdout.write(sentence(verified, grace));
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      process.stdout.write(`NOT OK: ${error.message}\n`);
      process.exitCode = 1;
    }
  });
}

if (!hasBundleArgument()) {
  await verifyDatabase();
} else if (parseCliArguments(`${USAGE} [--earlier OLD] [--key FILE]`, () => true)) {
  process.exitCode = await verify(process.argv.slice(2), '', (line) => void process.stdout.write(`${line}\n`));
}
