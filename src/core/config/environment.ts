import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, loadEnvFile } from 'node:process';
import { loadConfig } from './load-config.js';
import { type Config } from './config.js';
import { projectRoot } from './project-root.js';

/**
 * Reads `.env` (variables that are already set win) and the environment: the only reader of both.
 *
 * @throws ConfigError listing every fault at once
 */
export function configFromEnvironment(): Config {
  const file = join(projectRoot(), '.env');
  if (existsSync(file)) loadEnvFile(file);
  const config = loadConfig(env);
  if (config.production) return config;
  const kept = {
    SECRET_KEY: () => persistedSecret(config, 'secret-key', 48),
    AUDIT_SIGNING_KEY: () => persistedSecret(config, 'audit-signing-key', 32),
  };
  const missing = Object.entries(kept).filter(([name]) => !env[name]);
  return loadConfig({ ...env, ...Object.fromEntries(missing.map(([name, read]) => [name, read()])) });
}

/** Made once and kept beside the data, so that sessions and signatures outlive a restart in development. */
function persistedSecret({ dataDir }: Config, name: string, bytes: number): string {
  const file = join(dataDir, name);
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    // Containers that share the folder may have the same pid.
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, randomBytes(bytes).toString('base64'), { mode: 0o600 });
    // A link appears whole and never replaces another: processes that start together agree.
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, 'utf8').trim();
}
