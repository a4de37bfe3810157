import { basename } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config } from '../core/config/config.js';
import { extensionFolders } from '../core/config/extension-folders.js';
import { type Connection } from '../infrastructure/database/connection.js';
import { revert } from '../infrastructure/database/data-source.js';
import { revertMigrationsIn } from '../infrastructure/database/revert-migration.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { assertKnown } from './generate-migration.js';

/**
 * Reverts every migration of an extension, and removes the jobs that only it declares: their queues are tables, too.
 *
 * @returns sentences about what was done, and what is left to do
 */
export async function revertExtension(config: Config, connection: Connection, name: string): Promise<string[]> {
  const folders = extensionFolders();
  assertKnown(name, folders);
  const folder = folders.find((one) => basename(one) === name) as string;
  const reverted = await revert(config, connection, (owner) => revertMigrationsIn(owner, folder));
  const others = folders.filter((one) => one !== folder);
  const module = await AppModule.for(config, connection.ownerUrl, others);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    const jobs = await app.get(JobQueue).removeUndeclared();
    return [
      reverted,
      ...(jobs.length > 0 ? [`Removed jobs that nothing else declares: ${jobs.join(', ')}`] : []),
      `Delete src/extensions/${name} before the next start, which would run its migrations again`,
    ];
  } finally {
    await app.close();
  }
}
