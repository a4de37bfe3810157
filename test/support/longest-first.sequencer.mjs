import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// A dependency of jest itself, found from there.
const require = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: Sequencer } = createRequire(require.resolve('@jest/core'))('@jest/test-sequencer');

/** Specs that take longest, the longest first: decision 140 has their times. */
const LONGEST = [
  'cli/generate-extension',
  'server/openapi/swagger-ui',
  'server/multi-replica',
  'infrastructure/database/database-silent',
  'audit/redactions/redactions-restored',
  'infrastructure/database/takeover',
  'documents/documents',
  'infrastructure/database/database-lost',
  'core/streams-size',
  'server/cluster/workers',
  'legacy-import/legacy-inputs',
  'infrastructure/jobs/jobs',
  'infrastructure/rate-limiting/rate-limits-redis',
  'infrastructure/mail/multi-replica',
  'tasks/list/list-query-plans',
  'server/openapi/openapi-clients',
  'auth/login-protection/login-delay',
  'cli/commands',
  'transparency-log/audit-verify-command',
  'infrastructure/database/migration-revert',
  'extensions/narrowed-endpoints',
  'auth/sessions/session-cache',
  'core/long-running-reads',
].map((name) => fileURLToPath(new URL(`../${name}.spec.ts`, import.meta.url)));

/**
 * Starts the longest spec files first, so that none of them is begun when the others are done. Jest itself orders by the times of
 * the last run, which a fresh clone does not have, and then by the sizes of files, which say little.
 */
export default class LongestFirstSequencer extends Sequencer {
  sort(tests) {
    const gone = LONGEST.filter((path) => !existsSync(path));
    if (gone.length > 0) throw new Error(`longest-first.sequencer.mjs names files that are gone: ${gone.join(', ')}`);
    const rank = new Map(LONGEST.map((path, index) => [path, index]));
    const rankOf = ({ path }) => rank.get(path) ?? LONGEST.length;
    return [...super.sort(tests)].sort((a, b) => rankOf(a) - rankOf(b));
  }
}
