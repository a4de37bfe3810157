import { basename, join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import { type Config } from '../core/config/config.js';
import { configFromEnvironment } from '../core/config/environment.js';
import { extensionFolders } from '../core/config/extension-folders.js';
import { loadSettings } from '../core/config/extension-settings.js';
import { loadConfig } from '../core/config/load-config.js';
import { projectRoot } from '../core/config/project-root.js';
import { JsonLogger } from '../core/json-logger.js';
import { openConnection } from '../infrastructure/database/connection.js';
import { createApp } from '../server/create-app.js';

/** The product alone, with each of its extensions, and with all of them. */
export interface Compositions<T> {
  readonly product: T;
  /** In the order of their names. */
  readonly extensions: readonly { readonly name: string; readonly described: T }[];
  readonly whole: T;
}

/** Describes the product, not started, in each of its compositions with extensions. */
export async function describeCompositions<T>(
  describe: (app: NestFastifyApplication, config: Config) => T | Promise<T>,
): Promise<Compositions<T>> {
  const folders = extensionFolders();
  const config = loadConfig({ ENVIRONMENT: 'test', LOG_LEVEL: 'silent' }, await loadSettings(folders));
  const connection = await openConnection(await configFromEnvironment(), () => undefined);
  const described = async (extensions: string[]) => {
    const app = await createApp(
      await AppModule.for(config, connection.url, extensions),
      config,
      new JsonLogger(config),
    );
    try {
      return await describe(app, config);
    } finally {
      await app.close();
    }
  };
  try {
    const product = await described([]);
    const extensions: { name: string; described: T }[] = [];
    for (const folder of folders) extensions.push({ name: basename(folder), described: await described([folder]) });
    const whole = folders.length > 1 ? await described(folders) : (extensions[0]?.described ?? product);
    return { product, extensions, whole };
  } finally {
    await connection.close();
  }
}

/** Returns the path of a file in the source of an extension. */
export const extensionFile = (root: string, extension: string, file: string): string =>
  join(root, 'src', 'extensions', extension, file);

/** Returns the folder under which generated files stand. */
export const documentRoot = (given: string | undefined): string => given ?? projectRoot();
