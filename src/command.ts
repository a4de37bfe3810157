import { ConsoleLogger, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import { configFromEnvironment } from './config/environment.js';
import { openConnection } from './database/connection.js';
import { migrate } from './database/data-source.js';

/** stdout belongs to what the command prints. */
export const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Runs a command with the product's modules on whatever database is configured, whether or not the server runs. An
 * error is told in one line, with exit code 1.
 */
export async function runCommand(work: (app: INestApplicationContext) => Promise<void>): Promise<void> {
  try {
    const config = configFromEnvironment();
    const connection = await openConnection(config, toStderr);
    try {
      const logger = new ConsoleLogger({ logLevels: ['error', 'fatal'], forceConsole: false });
      const app = await NestFactory.createApplicationContext(await AppModule.for(config, connection.url), {
        logger,
        abortOnError: false,
      });
      try {
        await migrate(app.get(DataSource));
        await work(app);
      } finally {
        await app.close();
      }
    } finally {
      await connection.close();
    }
  } catch (error) {
    toStderr((error as Error).message);
    process.exitCode = 1;
  }
}
