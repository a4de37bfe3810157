import { resolve } from 'node:path';
import { type Config } from '../config/config.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

export interface Connection {
  readonly url: string;
  /** Stops the embedded PostgreSQL, if nobody else uses it. */
  close(): Promise<void>;
}

/** The configured database or, without one, the embedded PostgreSQL, started or joined. */
export async function openConnection(config: Config, log: (line: string) => void): Promise<Connection> {
  if (config.databaseUrl) return { url: config.databaseUrl, close: async () => undefined };
  const postgres = await startEmbeddedPostgres({ dataDir: resolve(config.dataDir, 'postgres'), log });
  return { url: postgres.url, close: () => postgres.stop() };
}
