import { AppModule } from './app.module.js';
import { createApp } from './app.setup.js';
import { configFromEnvironment } from './config/environment.js';
import { JsonLogger } from './core/logger.js';
import { openConnection } from './database/connection.js';
import { migrate } from './database/data-source.js';
import { Notices } from './database/notices.js';
import { refusePowerfulRole } from './database/role-check.js';
import { Demo } from './demo/demo.js';
import { Metrics } from './health/metrics.js';
import { Jobs } from './jobs/jobs.js';
import { Sealer } from './seals/sealer.js';
import { TotalsFolder } from './task-totals/totals-folder.js';

async function start(): Promise<void> {
  const config = configFromEnvironment();
  const logger = new JsonLogger(config);
  const connection = await openConnection(config, (line) => logger.log(line, 'PostgreSQL'));
  const module = await AppModule.for(config, connection.url);
  if (config.runMigrations) await migrate(config, connection);
  if (config.production) await refusePowerfulRole(connection.url);
  const app = await createApp(module, config, logger);
  app.get(Metrics).watchProcess();
  const demo = config.demoData ? await app.get(Demo, { strict: false }).prepare() : undefined;
  await app.listen(config.port, config.host);
  await Promise.all([app.get(Jobs).start(), app.get(Notices).start()]);
  app.get(Sealer, { strict: false }).start();
  app.get(TotalsFolder, { strict: false }).start();
  const url = (await app.getUrl()).replace(/\[::\d?\]|0\.0\.0\.0/, 'localhost');
  logger.log(`Serving on ${url}; try it in Swagger UI: ${url}/docs`, 'Main');
  if (demo) process.stdout.write(demo(url));

  const stop = async (signal: string): Promise<void> => {
    logger.log(`${signal}: answering what is under way, then stopping`, 'Main');
    await app.close();
    await connection.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop(signal));
}

start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
