import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config } from '../core/config/config.js';
import { assertLeastPrivilege } from '../infrastructure/database-roles/role-check.js';
import { type Connection } from '../infrastructure/database/connection.js';
import { migrate } from '../infrastructure/database/data-source.js';
import { migrateIfWritable } from '../infrastructure/database/migrate-at-start.js';

/** Database role of a command: the application's or, for the schema itself, the owner's. */
export type CommandRole = 'application' | 'owner';

/** Creates the product's modules, without a server, on a migrated database. */
export async function createApplicationContext(
  config: Config,
  connection: Connection,
  role: CommandRole,
): Promise<INestApplicationContext> {
  const asOwner = role === 'owner';
  const module = await AppModule.for(config, asOwner ? connection.ownerUrl : connection.url);
  if (asOwner) await migrate(config, connection);
  // Commands that only read, such as a verification, work on a standby too.
  else if (config.runMigrations) await migrateIfWritable(config, connection);
  if (config.production && !asOwner) await assertLeastPrivilege(connection.url);
  // Without a logger: Nest would print the same error first, with its stack.
  return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}
