import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { parse } from 'dotenv';
import { extensionFolders } from './extension-folders.js';
import { loadSettings } from './extension-settings.js';
import { loadConfig } from './load-config.js';
import { type Config } from './config.js';
import { projectRoot } from './project-root.js';

/**
 * Reads `.env` (set variables win) and the environment, for the product and its extensions; the only reader of both.
 *
 * @throws ConfigError listing every fault at once
 */
export async function configFromEnvironment(): Promise<Config> {
  const file = join(projectRoot(), '.env');
  // By dotenv, since the versions of Node read such files differently (decision 210).
  if (existsSync(file)) Object.assign(env, { ...parse(readFileSync(file)), ...env });
  const definitions = await loadSettings(extensionFolders());
  const config = loadConfig(env, definitions);
  if (config.production) return config;
  const persisted = {
    SECRET_KEY: () => persistedSecret(config, 'secret-key', 48),
    AUDIT_SIGNING_KEY: () => persistedSecret(config, 'audit-signing-key', 32),
  };
  const missing = Object.entries(persisted).filter(([name]) => !env[name]);
  return loadConfig({ ...env, ...Object.fromEntries(missing.map(([name, read]) => [name, read()])) }, definitions);
}

/**
 * Generates a secret once and stores it beside the data, so that sessions and signatures survive a restart in
 * development.
 */
function persistedSecret({ dataDir }: Config, name: string, bytes: number): string {
  const file = join(dataDir, name);
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    // Containers that share the folder may have the same pid.
    const temporaryFile = `${file}.${randomUUID()}`;
    writeFileSync(temporaryFile, randomBytes(bytes).toString('base64'), { mode: 0o600 });
    // Creating a link is atomic and never replaces a file: processes that start together agree.
    try {
      linkSync(temporaryFile, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(temporaryFile);
    }
  }
  return readFileSync(file, 'utf8').trim();
}

/** Options of `npm run` as they were typed. npm passes those before `--` as `npm_config_…`, among its own configuration. */
export function optionsTakenByNpm(): string[] {
  if (!env.npm_lifecycle_event) return [];
  const names = Object.keys(env).filter((name) => name.startsWith('npm_config_'));
  return names.map((name) => `--${name.slice('npm_config_'.length).replaceAll('_', '-')}`);
}
