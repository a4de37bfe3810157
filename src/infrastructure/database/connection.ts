import { resolve } from 'node:path';
import { type Config } from '../../core/config/config.js';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';

export interface Connection {
  /** Of the role that serves. */
  readonly url: string;
  /** Of the role that migrates and owns what it made; the same one where there are not two. */
  readonly ownerUrl: string;
  /** Stops the embedded PostgreSQL, if nobody else uses it. */
  close(): Promise<void>;
}

/** The configured database or, without one, the embedded PostgreSQL, started or joined. */
export async function openConnection(config: Config, log: (line: string) => void): Promise<Connection> {
  const { databaseUrl: url, databaseOwnerUrl: ownerUrl = url } = config;
  if (url && ownerUrl) return { url, ownerUrl, close: async () => undefined };
  const postgres = await startEmbeddedPostgres({ dataDir: resolve(config.dataDir, 'postgres'), log });
  return { url: postgres.url, ownerUrl: postgres.ownerUrl, close: () => postgres.stop() };
}
