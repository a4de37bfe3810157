import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from '../app.module.js';
import { policyDocument } from '../core/authorization/policy-table.document.js';
import { PolicyTable } from '../core/authorization/policy-table.service.js';
import { configFromEnvironment } from '../core/config/environment.js';
import { loadConfig } from '../core/config/load-config.js';
import { projectRoot } from '../core/config/project-root.js';
import { JsonLogger } from '../core/logger.js';
import { openConnection } from '../infrastructure/database/connection.js';
import { createApp } from '../server/create-app.js';

const config = loadConfig({ ENVIRONMENT: 'test', LOG_LEVEL: 'silent' });
const connection = await openConnection(configFromEnvironment(), () => undefined);
const app = await createApp(await AppModule.for(config, connection.url), config, new JsonLogger(config));
writeFileSync(join(projectRoot(), 'docs', 'permissions.md'), policyDocument(app.get(PolicyTable).routes()));
await app.close();
await connection.close();
