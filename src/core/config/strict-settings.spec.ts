import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from './load-config.js';
import { projectRoot } from './project-root.js';
import { STRICT_SETTINGS } from './strict-settings.js';

const documented = readFileSync(join(projectRoot(), 'docs/deployment.md'), 'utf8');

describe('strict settings', () => {
  it.each(STRICT_SETTINGS.map(({ variable }) => variable))('%s has a row in docs/deployment.md', (variable) => {
    expect(documented).toMatch(new RegExp(`^\\| \`${variable}\` \\|`, 'm'));
  });

  it('warn of each lax value and of nothing else', () => {
    const lax = loadConfig({ RATE_LIMIT_ENABLED: 'false' }).laxSettings;
    expect(lax).toContainEqual(expect.stringMatching(/^RATE_LIMIT_ENABLED: set it to true; otherwise /));
    const strict = loadConfig({ RATE_LIMIT_ENABLED: 'true' }).laxSettings;
    expect(lax.filter((line) => !strict.includes(line))).toHaveLength(1);
  });
});
