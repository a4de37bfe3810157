import { basename } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config } from '../core/config/config.js';
import { extensionFolders } from '../core/config/extension-folders.js';
import { JsonLogger } from '../core/json-logger.js';
import { type Connection } from '../infrastructure/database/connection.js';
import { revert } from '../infrastructure/database/data-source.js';
import { revertMigrationsIn } from '../infrastructure/database/revert-migration.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { createApp } from '../server/create-app.js';
import { assertKnown } from './generate-migration.js';

/**
 * Reverts every migration of an extension, and removes the jobs that only it declares: their queues are tables, too. Others
 * that nothing declares here stay: which jobs the product has depends on its settings, which may differ in this shell.
 *
 * @returns sentences about what was done, and what is left to do
 */
export async function revertExtension(config: Config, connection: Connection, name: string): Promise<string[]> {
  const folders = extensionFolders();
  assertKnown(name, folders);
  const folder = folders.find((one) => basename(one) === name) as string;
  const declared = await declaredJobs(config, connection, folders);
  const reverted = await revert(config, connection, (owner) => revertMigrationsIn(owner, folder));
  const others = folders.filter((one) => one !== folder);
  const module = await AppModule.for(config, connection.ownerUrl, others);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    const queue = app.get(JobQueue);
    const jobs = await queue.remove(declared.filter((job) => !queue.names.includes(job)));
    return [
      reverted,
      ...(jobs.length > 0 ? [`Removed jobs that nothing else declares: ${jobs.join(', ')}`] : []),
      `Delete src/extensions/${name} before the next start, which would run its migrations again`,
    ];
  } finally {
    await app.close();
  }
}

/** Returns the names of the jobs that the product declares with its extensions, which are not started. */
async function declaredJobs(config: Config, connection: Connection, folders: string[]): Promise<readonly string[]> {
  const module = await AppModule.for(config, connection.ownerUrl, folders);
  const app = await createApp(module, config, new JsonLogger(config));
  try {
    return app.get(JobQueue).names;
  } finally {
    await app.close();
  }
}
