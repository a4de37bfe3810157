import { openConnection } from '../../src/infrastructure/database/connection.js';
import { revertExtension } from '../../src/cli/revert-extension.js';
import { extensionFolders } from '../../src/core/config/extension-folders.js';
import { loadSettings } from '../../src/core/config/extension-settings.js';
import { loadConfig } from '../../src/core/config/load-config.js';
import { connected, newDatabase } from '../support/database.js';

const QUEUES = ['publish-redaction-webhook', 'letters-of-another', 'remind-members-of-studies'];

describe('npm run migration:revert -- --extension', () => {
  it('removes the jobs of the extension, and none that depend on settings or another extension', async () => {
    const database = await newDatabase();
    const settings = await loadSettings(extensionFolders());
    const env = { ENVIRONMENT: 'test', LOG_LEVEL: 'silent', DATABASE_URL: database.ownerUrl };
    const config = loadConfig(env, settings);
    const connection = await openConnection(config, () => undefined);
    const query = <T extends object>(text: string, values: unknown[] = []) =>
      connected(database.ownerUrl, async (owner) => (await owner.query<T>(text, values)).rows);
    for (const name of QUEUES) {
      await query(`SELECT pgboss.create_queue($1, '{}')`, [name]);
      await query(`INSERT INTO pgboss.job (name, data) VALUES ($1, '{"id": 7}')`, [name]);
    }
    const done = await revertExtension(config, connection, 'studies');
    expect(done.slice(1)).toEqual([
      'Removed jobs that nothing else declares: remind-members-of-studies',
      'Delete src/extensions/studies before the next start, which would run its migrations again',
    ]);
    const left = await query<{ name: string }>('SELECT name FROM pgboss.job WHERE name = ANY($1) ORDER BY name', [
      QUEUES,
    ]);
    expect(left.map(({ name }) => name)).toEqual(['letters-of-another', 'publish-redaction-webhook']);
    await database.drop();
  });
});
