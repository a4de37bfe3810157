import cluster from 'node:cluster';
import { type LoggerService } from '@nestjs/common';
import { RateLimiterClusterMaster } from 'rate-limiter-flexible';
import { type Config } from '../../core/config/config.js';
import { assertLeastPrivilege } from '../../infrastructure/database-roles/role-check.js';
import { openConnection, type Connection } from '../../infrastructure/database/connection.js';
import { migrateAtStart } from '../../infrastructure/database/migrate-at-start.js';
import { resolvePort } from '../listen.js';
import { onShutdownSignal } from '../shutdown-signals.js';
import { logUnhandledRejections } from '../unhandled-rejections.js';
import { warnOfConnections } from './connection-budget.js';
import { WorkerSupervisor } from './worker-supervisor.js';

/**
 * Prepares the database once, then starts workers that serve on one port, and replaces those that die. Serves nothing
 * itself: it distributes connections and counts for the rate limits.
 *
 * @param file entry point of the workers
 * @throws WorkerFailed when one of them fails to start
 */
export async function runPrimary(config: Config, logger: LoggerService, file: string): Promise<void> {
  const connection = await openConnection(config, (line) => logger.log(line, 'PostgreSQL'));
  await migrateAtStart(config, connection, logger);
  if (config.production) await assertLeastPrivilege(connection.url);
  await warnOfConnections(config, connection.url, logger);
  const demo = config.demoData ? await demoOf(config, connection) : undefined;
  new RateLimiterClusterMaster();
  cluster.setupPrimary({ exec: file });
  const giveUp = (error: unknown) => void end(connection, error);
  const prepared = preparedFor(connection, await resolvePort(config));
  const workers = new WorkerSupervisor(prepared, config.workerHangSeconds, logger, giveUp);
  onShutdownSignal(logger, {
    // Workers respond, not this process.
    isAnswered: () => true,
    stop: async (signal) => {
      logger.log(`${signal}: answering what is under way, then stopping`, 'Main');
      const orderly = await workers.stop();
      await connection.close();
      return orderly;
    },
  });
  const url = await workers.start(config.workers);
  logUnhandledRejections(logger);
  logger.log(
    `Serving on ${url} with ${config.workers} workers${config.docsEnabled ? `; try it in Swagger UI: ${url}/docs` : ''}`,
    'Main',
  );
  if (demo) process.stdout.write(demo(url));
}

/** Returns the environment of a worker, for which everything is prepared, and the application role is enough. */
const preparedFor = ({ url }: Connection, port: number): Record<string, string> => ({
  PORT: String(port),
  DATABASE_URL: url,
  DATABASE_OWNER_URL: '',
  RUN_MIGRATIONS: 'false',
});

/** Loads the modules for the demo only: without them the primary stays small. */
async function demoOf(config: Config, { url }: Connection): Promise<((url: string) => string) | undefined> {
  const { prepareDemo } = await import('../prepare-demo.js');
  return prepareDemo(config, url);
}

async function end(connection: Connection, error: unknown): Promise<void> {
  await connection.close().catch(() => undefined);
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit((error as { exitCode?: number }).exitCode ?? 1);
}
