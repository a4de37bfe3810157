// Serves as dist/main.js does, but with the extensions in the folders that EXTENSIONS names. Started by bench/audit.mjs.
import { AppModule } from '../dist/app.module.js';
import { createApp } from '../dist/server/create-app.js';
import { loadConfig } from '../dist/core/config/load-config.js';
import { PgNotifyBus } from '../dist/infrastructure/database/pg-notify.js';
import { JobQueue } from '../dist/infrastructure/jobs/job-queue.service.js';
import { LogSequencer } from '../dist/transparency-log/sequencing/log-sequencer.worker.js';

const { EXTENSIONS = '', ...environment } = process.env;
const config = loadConfig(environment);
const module = await AppModule.for(config, config.databaseUrl, EXTENSIONS.split(':').filter(Boolean));
const app = await createApp(module, config);
await app.listen(config.port, config.host);
await Promise.all([app.get(JobQueue).start(), app.get(PgNotifyBus).start()]);
app.get(LogSequencer, { strict: false }).start();
process.stdout.write(`Serving on ${await app.getUrl()}\n`);
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
