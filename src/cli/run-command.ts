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

/** Writes a line to stderr, since stdout belongs to the output of the command. */
export const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Runs a command with the product's modules on the configured database, whether or not the server runs. An error is
 * printed in one line, with exit code 1.
 *
 * @param usage printed for `--help`
 * @param options reads the arguments; invalid ones are reported before anything starts
 * @param role database role: the application's or, for the schema itself, the owner's
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
    // Commands that only read, such as a verification, work on a standby too.
    else if (config.runMigrations) await migrateIfWritable(config, connection);
    if (config.production && !asOwner) await assertLeastPrivilege(connection.url);
    await withModules(module, (app) => work(app, given));
  });
}

/** Runs `work` on the configured database. An error is printed in one line, with exit code 1. */
export async function onDatabase(work: (config: Config, connection: Connection) => Promise<void>): Promise<void> {
  try {
    const config = await configFromEnvironment();
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
  // Without a logger: Nest would print the same error first, with its stack.
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}
