import cluster from 'node:cluster';
import { type INestApplicationContext } from '@nestjs/common';
import { AppModule } from '../app.module.js';
import { createApp } from './create-app.js';
import { type Config } from '../core/config/config.js';
import { hurryDatabase } from '../core/persistence/database-client.js';
import { type JsonLogger } from '../core/logger.js';
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
import { joinCluster } from './cluster/worker.js';

/** Answers that take longer when the process ends are given up: what waits for the database becomes a 503. */
const ANSWERS_MS = 5000;
const LAST_ANSWERS_MS = 500;
/** So long anything waits for the database after that. */
const GOODBYE_MS = 1500;

/** Serves in this process, alone or as one of several workers, which find everything prepared by their primary. */
export async function serve(config: Config, logger: JsonLogger): Promise<void> {
  const connection = await openConnection(config, (line) => logger.log(line, 'PostgreSQL'));
  const module = await AppModule.for(config, connection.url);
  await migrateAtStart(config, connection, logger);
  if (config.production && cluster.isPrimary) await assertLeastPrivilege(connection.url);
  const app = await createApp(module, config, logger);
  app.get(Metrics).collectProcessMetrics();
  const underWay = new InFlightResponses(app.getHttpServer());
  const primary = cluster.isWorker ? joinCluster(app) : undefined;
  const demo = config.demoData ? await seedDemoData(app) : undefined;
  const stopListening = await listen(app, config);
  const metricsServer = await serveMetrics(app.get(Metrics), config);
  await Promise.all([app.get(JobQueue).start(), app.get(PgNotifyBus).start()]);
  app.get(LogSequencer, { strict: false }).start();
  app.get(RollupCompactor, { strict: false }).start();
  const url = (await app.getUrl()).replace(/\[::\d?\]|0\.0\.0\.0/, 'localhost');
  if (primary) await primary.request({ what: 'serving', url });
  else logger.log(`Serving on ${url}${config.docsEnabled ? `; try it in Swagger UI: ${url}/docs` : ''}`, 'Main');
  if (demo) process.stdout.write(demo(url));

  logUnhandledRejections(logger);
  if (config.production && (cluster.worker?.id ?? 1) === 1) await warnOfDemoAccounts(app, logger);
  onShutdownSignal(logger, {
    isAnswered: () => underWay.count === 0,
    stop: async (signal) => {
      if (!primary) logger.log(`${signal}: answering what is under way, then stopping`, 'Main');
      stopListening();
      metricsServer?.close().closeAllConnections();
      await answerAll(underWay);
      try {
        await app.close();
      } finally {
        await connection.close();
      }
      return true;
    },
  });
}

async function answerAll(underWay: InFlightResponses): Promise<void> {
  underWay.stopAccepting();
  await underWay.answered(ANSWERS_MS);
  hurryDatabase(GOODBYE_MS);
  await underWay.answered(LAST_ANSWERS_MS);
}

/** One forgotten promise must not cost everybody's requests; it is a fault of ours, so it is logged as one. */
function logUnhandledRejections(logger: JsonLogger): void {
  process.on('unhandledRejection', (reason) =>
    logger.error({ msg: 'A rejection was not handled', err: reason }, 'Main'),
  );
}

/** Nobody can sign in by that password in production; the accounts are still there, with whatever role they have. */
async function warnOfDemoAccounts(app: INestApplicationContext, logger: JsonLogger): Promise<void> {
  const names = await accountsWithPublicPassword(app);
  if (names.length > 0)
    logger.warn(`Demo accounts with the public password cannot sign in: ${names.join(', ')}; disable them`, 'Demo');
}
