import { type INestApplicationContext } from '@nestjs/common';
import { type CommandRole } from './application-context.js';
import { parseCliArguments } from './arguments.js';
import { type Config } from '../core/config/config.js';
import { configFromEnvironment } from '../core/config/environment.js';
import { readOnlyProblem } from '../core/http/database-errors.js';
import { openConnection, type Connection } from '../infrastructure/database/connection.js';

const CANNOT_WRITE =
  'PostgreSQL can be read but not written. Free space on its disk, or end its read-only mode, and run the command again.';

/** Writes a line to stderr, since stdout belongs to the output of the command. */
export const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Runs a command with the product's modules on the configured database, whether or not the server runs. An error is
 * printed in one line, with exit code 1.
 *
 * The modules are loaded once the arguments are known to be right, which takes a second; commands import the services that
 * they use on demand too.
 *
 * @param usage printed for `--help`
 * @param options reads the arguments; invalid ones are reported before anything starts
 */
export async function runCommand<O>(
  usage: string,
  options: () => O,
  work: (app: INestApplicationContext, options: O) => Promise<void>,
  role: CommandRole = 'application',
): Promise<void> {
  const given = parseCliArguments(usage, options);
  if (given === undefined) return;
  await onDatabase(async (config, connection) => {
    const { createApplicationContext } = await import('./application-context.js');
    const app = await createApplicationContext(config, connection, role);
    try {
      await work(app, given);
    } finally {
      await app.close();
    }
  });
}

/** Runs `work` on the configured database. An error is printed, with its remedy where the database cannot be written, and exit code 1. */
export async function onDatabase(work: (config: Config, connection: Connection) => Promise<void>): Promise<void> {
  reportLostOutput();
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
    if (readOnlyProblem(error)) toStderr(CANNOT_WRITE);
    process.exitCode = 1;
  }
}

/** Reports output that could not be written, such as on a full disk. A reader that ends early (`| head`) is no error. */
function reportLostOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    process.exitCode = 1;
    toStderr(
      `The output of the command is lost: it could not be written (${message}). What the command has done is not undone.`,
    );
  });
}
