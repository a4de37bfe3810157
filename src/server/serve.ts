import cluster from 'node:cluster';
import { type INestApplicationContext } from '@nestjs/common';
import { AppModule } from '../app.module.js';
import { createApp } from './create-app.js';
import { type Config } from '../core/config/config.js';
import { hurryDatabase } from '../core/persistence/database-client.js';
import { type JsonLogger } from '../core/json-logger.js';
import { assertLeastPrivilege } from '../infrastructure/database-roles/role-check.js';
import { openConnection } from '../infrastructure/database/connection.js';
import { migrateAtStart } from '../infrastructure/database/migrate-at-start.js';
import { PgNotifyBus } from '../infrastructure/database/pg-notify.js';
import { accountsWithPublicPassword, seedDemoData } from './demo-data.js';
import { onShutdownSignal } from './shutdown-signals.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { serveMetrics } from '../infrastructure/monitoring/metrics.server.js';
import { Metrics } from '../infrastructure/monitoring/metrics.js';
import { LogSequencer } from '../transparency-log/sequencing/log-sequencer.worker.js';
import { listen } from './listen.js';
import { RollupCompactor } from '../analytics/rollups/rollup-compactor.worker.js';
import { InFlightResponses } from './in-flight-responses.js';
import { logUnhandledRejections } from './unhandled-rejections.js';
import { joinCluster } from './cluster/worker.js';

/** Grace for responses at shutdown; after it, those that wait for the database get a 503. */
const DRAIN_MS = 5000;
const LAST_DRAIN_MS = 500;
/** Database timeout after that. */
const LAST_DATABASE_MS = 1500;

/** Serves in this process, alone or as one of several workers, for which the primary has prepared everything. */
export async function serve(config: Config, logger: JsonLogger): Promise<void> {
  const connection = await openConnection(config, (line) => logger.log(line, 'PostgreSQL'));
  const module = await AppModule.for(config, connection.url);
  await migrateAtStart(config, connection, logger);
  if (config.production && cluster.isPrimary) await assertLeastPrivilege(connection.url);
  const app = await createApp(module, config, logger);
  app.get(Metrics).collectProcessMetrics();
  const inFlight = new InFlightResponses(app.getHttpServer());
  const primary = cluster.worker ? joinCluster(app, cluster.worker) : undefined;
  const demo = config.demoData && cluster.isPrimary ? await seedDemoData(app) : undefined;
  await primary?.joined();
  const stopListening = await listen(app, config);
  const metricsServer = await serveMetrics(app.get(Metrics), config);
  await Promise.all([app.get(JobQueue).start(), app.get(PgNotifyBus).start()]);
  const sequencer = app.get(LogSequencer, { strict: false });
  sequencer.start();
  app.get(RollupCompactor, { strict: false }).start();
  const url = (await app.getUrl()).replace(/\[::\d?\]|0\.0\.0\.0/, 'localhost');
  if (primary) await primary.serving(url);
  else logger.log(`Serving on ${url}${config.docsEnabled ? `; try it in Swagger UI: ${url}/docs` : ''}`, 'Main');
  logUnhandledRejections(logger);
  if (config.production && (cluster.worker?.id ?? 1) === 1) await warnOfDemoAccounts(app, logger);
  onShutdownSignal(logger, {
    isAnswered: () => inFlight.count === 0,
    stop: async (signal) => {
      if (!primary) logger.log(`${signal}: answering what is under way, then stopping`, 'Main');
      stopListening();
      metricsServer?.close().closeAllConnections();
      await drain(inFlight);
      try {
        await app.close();
      } finally {
        await connection.close();
      }
      return true;
    },
  });
  if (!demo) return;
  // The first seal logs its key: before it, so that the way to sign in is the last that a terminal shows.
  if (config.jobsEnabled) await sequencer.integrate().catch(() => undefined);
  process.stdout.write(demo(url));
}

async function drain(inFlight: InFlightResponses): Promise<void> {
  inFlight.stopAccepting();
  await inFlight.drained(DRAIN_MS);
  hurryDatabase(LAST_DATABASE_MS);
  await inFlight.drained(LAST_DRAIN_MS);
}

/** Warns of demo accounts: their password does not work in production, but the accounts exist with their roles. */
async function warnOfDemoAccounts(app: INestApplicationContext, logger: JsonLogger): Promise<void> {
  const names = await accountsWithPublicPassword(app);
  if (names.length > 0)
    logger.warn(`Demo accounts with the public password cannot sign in: ${names.join(', ')}; disable them`, 'Demo');
}
