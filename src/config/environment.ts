import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile, env } from 'node:process';
import { packageRoot } from '../database/package-root.js';
import { loadConfig, type Config } from './config.js';

/**
 * Reads `.env` (variables that are already set win) and the environment: the only reader of both.
 *
 * @throws ConfigError listing every fault at once
 */
export function configFromEnvironment(): Config {
  const file = join(packageRoot(), '.env');
  if (existsSync(file)) loadEnvFile(file);
  const config = loadConfig(env);
  return env.SECRET_KEY || config.production ? config : loadConfig({ ...env, SECRET_KEY: developmentSecret(config) });
}

/** Kept beside the data, so that sessions outlive a restart in development. */
function developmentSecret({ dataDir }: Config): string {
  const file = join(dataDir, 'secret-key');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, randomBytes(48).toString('base64'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
