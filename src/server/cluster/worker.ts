import cluster from 'node:cluster';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { SessionCache } from '../../auth/access-tokens/session.cache.js';
import { uniqueRequestId } from '../../core/http/request-id.js';
import { IpcChannel, type IpcRequest } from './ipc-channel.js';

/** Above the primary's own timeout of a second for the other workers. */
const INVALIDATION_MS = 1500;

/** Connects the application of this process with the other workers, before it listens. */
export function joinCluster(app: NestFastifyApplication): IpcChannel {
  const metrics = app.get(Metrics);
  const sessions = app.get(SessionCache, { strict: false });
  const line = lineToPrimary(async (question) => {
    if (question.what === 'metrics') return metrics.local();
    if (question.what === 'forget') sessions.invalidate(question.items);
    return undefined;
  });
  metrics.aggregateWith(() => line.request({ what: 'metrics' }));
  // Where the primary does not respond in time, NOTIFY invalidates on the others.
  sessions.onInvalidate((items) =>
    line.request<void>({ what: 'forget', items }, INVALIDATION_MS).catch(() => undefined),
  );
  // A log-out or a change of role applies to any request sent after its response, on any worker.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request) => sessions.awaitInvalidation(uniqueRequestId(request)));
  return line;
}

/** Reports to the primary why this worker ends; the primary prints it. */
export async function reportStartupFailure(message: string): Promise<void> {
  await lineToPrimary(async () => undefined).request({ what: 'failed', message });
}

function lineToPrimary(answer: (question: IpcRequest) => Promise<unknown>): IpcChannel {
  const { worker } = cluster;
  const line = new IpcChannel(
    (message) => void (worker?.isConnected() && worker.send(message, () => undefined)),
    answer,
  );
  worker?.on('message', (message: unknown) => line.handle(message));
  return line;
}
