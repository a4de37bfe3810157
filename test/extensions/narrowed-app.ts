import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { raw } from 'sql-template-tag';
import { TestApp } from '../support/app.js';

const EXTENSIONS = ['departments', 'embargoes', 'staff'];

/** Starts the product with the extensions of this folder, which narrow who sees which task and which user. @param shared as for `TestApp.start` */
export async function narrowedApp(shared?: TestApp): Promise<TestApp> {
  const folders = EXTENSIONS.map((name) => join(__dirname, name));
  const app = await TestApp.start({}, shared, folders);
  if (shared) return app;
  for (const name of EXTENSIONS)
    await app.rows(raw(readFileSync(join(__dirname, name, `migrations/1770000000000-${name}.up.sql`), 'utf8')));
  await app.grant();
  return app;
}
