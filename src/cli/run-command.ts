import { type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { parseCliArguments } from './arguments.js';
import { type Config } from '../core/config/config.js';
import { configFromEnvironment } from '../core/config/environment.js';
import { assertLeastPrivilege } from '../infrastructure/database-roles/role-check.js';
import { openConnection, type Connection } from '../infrastructure/database/connection.js';
import { migrate } from '../infrastructure/database/data-source.js';
import { migrateIfWritable } from '../infrastructure/database/migrate-at-start.js';

/** stdout belongs to what the command prints. */
export const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Runs a command with the product's modules on whatever database is configured, whether or not the server runs. An
 * error is told in one line, with exit code 1.
 *
 * @param usage printed, and nothing done, for `--help`
 * @param options reads the arguments; what is wrong with them is told before anything is started
 * @param role that it works as: the one that serves or, for the schema itself, its owner
 */
export async function runCommand<O>(
  usage: string,
  options: () => O,
  work: (app: INestApplicationContext, options: O) => Promise<void>,
  role: 'application' | 'owner' = 'application',
): Promise<void> {
  const given = parseCliArguments(usage, options);
  if (given === undefined) return;
  await onDatabase(async (config, connection) => {
    const asOwner = role === 'owner';
    const module = await AppModule.for(config, asOwner ? connection.ownerUrl : connection.url);
    if (asOwner) await migrate(config, connection);
    // What only reads, such as a verification, works on a standby too.
    else if (config.runMigrations) await migrateIfWritable(config, connection);
    if (config.production && !asOwner) await assertLeastPrivilege(connection.url);
    await withModules(module, (app) => work(app, given));
  });
}

/** Does something with whatever database is configured. An error is told in one line, with exit code 1. */
export async function onDatabase(work: (config: Config, connection: Connection) => Promise<void>): Promise<void> {
  try {
    const config = configFromEnvironment();
    const connection = await openConnection(config, toStderr);
    try {
      await work(config, connection);
    } finally {
      await connection.close();
    }
  } catch (error) {
    toStderr((error as Error).message);
    process.exitCode = 1;
  }
}

async function withModules(
  module: DynamicModule,
  work: (app: INestApplicationContext) => Promise<void>,
): Promise<void> {
  // Nest would tell the same error first, with its stack.
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}
