import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from '../app.module.js';
import { createApp } from '../app.setup.js';
import { loadConfig } from '../config/config.js';
import { configFromEnvironment } from '../config/environment.js';
import { packageRoot } from '../config/package-root.js';
import { JsonLogger } from '../core/logger.js';
import { openConnection } from '../database/connection.js';
import { openApiDocument } from './document.js';

/** With a path as its argument, the document goes there; without, it renews `test/openapi.json`. */
const config = loadConfig({ ENVIRONMENT: 'test', LOG_LEVEL: 'silent' });
const connection = await openConnection(configFromEnvironment(), () => undefined);
const app = await createApp(await AppModule.for(config, connection.url), config, new JsonLogger(config));
const file = process.argv[2] ?? join(packageRoot(), 'test', 'openapi.json');
writeFileSync(file, `${JSON.stringify(openApiDocument(app, config), null, 2)}\n`);
await app.close();
await connection.close();
