import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppModule } from '../app.module.js';
import { createApp } from '../server/create-app.js';
import { parseCliArguments } from './arguments.js';
import { loadConfig } from '../core/config/load-config.js';
import { configFromEnvironment } from '../core/config/environment.js';
import { projectRoot } from '../core/config/project-root.js';
import { JsonLogger } from '../core/logger.js';
import { openConnection } from '../infrastructure/database/connection.js';
import { openApiDocument } from '../server/openapi/document.js';

const USAGE = 'Usage: npm run openapi [-- FILE]; the default FILE is test/openapi.json';

function target(): string {
  const [file = join(projectRoot(), 'test', 'openapi.json'), ...rest] = parseArgs({
    allowPositionals: true,
  }).positionals;
  if (rest.length > 0) throw new Error(USAGE);
  return file;
}

async function write(file: string): Promise<void> {
  const config = loadConfig({ ENVIRONMENT: 'test', LOG_LEVEL: 'silent' });
  const connection = await openConnection(configFromEnvironment(), () => undefined);
  const app = await createApp(await AppModule.for(config, connection.url), config, new JsonLogger(config));
  writeFileSync(file, `${JSON.stringify(openApiDocument(app, config), null, 2)}\n`);
  await app.close();
  await connection.close();
}

const file = parseCliArguments(USAGE, target);
if (file !== undefined) await write(file);
