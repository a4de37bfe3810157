import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';

const SRC = join(projectRoot(), 'src');
const READS_HOST_CLOCK = /\bDate\.now\(\)|\bnew Date\(\)/;

/** Files that read the clock of the host, with the reason. Stored times come from `Clock`, durations from `performance.now()`. */
const HOST_CLOCK: Readonly<Record<string, string>> = {
  'cli/generate-extension.command.ts': 'names of files for developers',
  'cli/generate-migration.ts': 'names of files for developers',
  'core/authorization/visible-records.sql.ts': 'a default for actors of tests, which have no time',
  'core/persistence/database-time.ts': 'compares it with the clock of the database',
  'infrastructure/jobs/job-metrics.ts': 'Prometheus compares it with its own clock',
};

const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts') && !/\.spec(?:-kit)?\.ts$/.test(file));

describe('The clock of the host, which may be wrong and may be set,', () => {
  it('is read by no source file but those that have a reason', () => {
    const found = files.filter((file) => READS_HOST_CLOCK.test(readFileSync(join(SRC, file), 'utf8')));
    expect(found.sort()).toEqual(Object.keys(HOST_CLOCK).sort());
  });
});
