import { resolve } from 'node:path';
import { type Config } from '../../core/config/config.js';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';

export interface Connection {
  /** URL for the application role. */
  readonly url: string;
  /** URL for the role that runs migrations and owns the objects; the same one where there is a single role. */
  readonly ownerUrl: string;
  /** Stops the embedded PostgreSQL, unless another process uses it. */
  close(): Promise<void>;
}

/** Opens the configured database or, without one, starts or joins the embedded PostgreSQL. */
export async function openConnection(config: Config, log: (line: string) => void): Promise<Connection> {
  const { databaseUrl: url, databaseOwnerUrl: ownerUrl = url } = config;
  if (url && ownerUrl) return { url, ownerUrl, close: async () => undefined };
  const postgres = await startEmbeddedPostgres({ dataDir: resolve(config.dataDir, 'postgres'), log });
  return { url: postgres.url, ownerUrl: postgres.ownerUrl, close: () => postgres.stop() };
}
