import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseCliArguments } from './cli/arguments.js';
import { configFromEnvironment } from './core/config/environment.js';
import { JsonLogger } from './core/json-logger.js';
import { applyHeapPolicy } from './server/heap-at-rest.js';
import { assertPortFree } from './server/listen.js';

const USAGE = 'Usage: npm start. Configure it by environment variables: see .env.example';

async function start(): Promise<void> {
  if (!parseCliArguments(USAGE, () => parseArgs().values)) return;
  const config = await configFromEnvironment();
  const logger = new JsonLogger(config, cluster.worker?.id, await terminal());
  if (config.production && cluster.isPrimary) config.laxSettings.forEach((line) => logger.warn(line, 'Config'));
  if (cluster.isPrimary) await assertPortFree(config);
  // Loaded on demand, since a primary does not serve.
  if (cluster.isPrimary && config.workers > 1) {
    const { runPrimary } = await import('./server/cluster/primary.js');
    await runPrimary(config, logger, fileURLToPath(import.meta.url));
  } else {
    const { serve } = await import('./server/serve.js');
    await serve(config, logger);
  }
  applyHeapPolicy();
}

/** Returns a formatter for a terminal; undefined for a log collector, which gets JSON. */
async function terminal() {
  if (!process.stderr.isTTY) return undefined;
  const { default: pretty } = await import('pino-pretty');
  return pretty({ destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname,app,context' });
}

start().catch(async (error: unknown) => {
  const { message, exitCode = 1 } =
    error instanceof Error ? (error as Error & { exitCode?: number }) : { message: String(error) };
  if (cluster.isWorker)
    await (await import('./server/cluster/worker.js')).reportStartupFailure(message).catch(() => undefined);
  else process.stderr.write(`${message}\n`);
  process.exit(exitCode);
});
