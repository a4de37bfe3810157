import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bearerToken } from '../../core/authorization/bearer-token.js';
import { type Config } from '../../core/config/config.js';
import { type Metrics } from './metrics.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** True if a request with this `Authorization` may read the metrics; any may where no token is configured. */
export function mayReadMetrics({ metricsToken }: Config, authorization: string | undefined): boolean {
  if (metricsToken === undefined) return true;
  const given = bearerToken(authorization) ?? '';
  return timingSafeEqual(digest(given), digest(metricsToken));
}

/**
 * Serves `/metrics` on a port of its own; workers share it.
 *
 * @throws where the port is taken
 */
export async function serveMetrics(metrics: Metrics, config: Config): Promise<Server | undefined> {
  if (config.metricsPort === undefined) return undefined;
  const server = createServer((request, response) => void answer(metrics, config, request, response));
  server.listen(config.metricsPort, config.hosts[0]);
  await once(server, 'listening');
  return server;
}

async function answer(
  metrics: Metrics,
  config: Config,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  if (!['GET', 'HEAD'].includes(method) || url.split('?', 1)[0] !== '/metrics')
    return void response.writeHead(404).end();
  if (!mayReadMetrics(config, headers.authorization))
    return void response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  try {
    const text = await metrics.text();
    response.writeHead(200, { 'Content-Type': metrics.registry.contentType, 'Cache-Control': 'no-store' }).end(text);
  } catch {
    response.writeHead(503, { 'Retry-After': '5' }).end();
  }
}
