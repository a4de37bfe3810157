import cluster from 'node:cluster';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { SessionCache } from '../../auth/access-tokens/session.cache.js';
import { serviceUnavailable } from '../../core/http/problem.js';
import { uniqueRequestId } from '../../core/http/request-id.js';
import { callsToPrimary, type IpcChannel, type PrimaryRpc } from './worker-rpc.js';

/** Connects the application of this process with the other workers, before it listens. */
export function joinCluster(app: NestFastifyApplication, channel: IpcChannel): PrimaryRpc {
  const metrics = app.get(Metrics);
  const sessions = app.get(SessionCache, { strict: false });
  const primary = callsToPrimary(channel, {
    ping: () => undefined,
    metrics: () => metrics.local(),
    invalidate: (items) => sessions.invalidate(items),
  });
  metrics.aggregateWith(() => primary.metrics().catch(rejectUnanswered));
  // Where the primary does not respond in time, NOTIFY invalidates on the others.
  sessions.onInvalidate((items) => primary.invalidate(items).catch(() => undefined));
  // A log-out or a change of role applies to any request sent after its response, on any worker.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request) => sessions.awaitInvalidation(uniqueRequestId(request)));
  return primary;
}

/** Reports to the primary why this worker ends; the primary prints it. */
export async function reportStartupFailure(message: string): Promise<void> {
  if (!cluster.worker) throw new Error('This process is no worker');
  const functions = { ping: () => undefined, metrics: () => Promise.resolve([]), invalidate: () => undefined };
  await callsToPrimary(cluster.worker, functions).failed(message);
}

function rejectUnanswered(): never {
  throw serviceUnavailable('The primary process does not answer; try again');
}
