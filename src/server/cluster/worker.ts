import cluster from 'node:cluster';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { SessionCache } from '../../auth/access-tokens/session.cache.js';
import { uniqueRequestId } from '../../core/http/request-id.js';
import { IpcChannel, type IpcRequest } from './ipc-channel.js';

/** The primary asks the others for a second, and needs a moment itself. */
const FORGET_MS = 1500;

/** Joins an application of this process to those of the other workers, before it listens. */
export function joinCluster(app: NestFastifyApplication): IpcChannel {
  const [metrics, sessions] = [app.get(Metrics), app.get(SessionCache, { strict: false })];
  const line = lineToPrimary(async (question) => {
    if (question.what === 'metrics') return metrics.local();
    if (question.what === 'forget') sessions.invalidate(question.items);
    return undefined;
  });
  metrics.aggregateWith(() => line.request({ what: 'metrics' }));
  // Where the primary does not answer in time, the database's notices make the others forget.
  sessions.onInvalidate((items) => line.request<void>({ what: 'forget', items }, FORGET_MS).catch(() => undefined));
  // A log-out or a change of role holds for the next request of whoever has read the answer, on any worker.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request) => sessions.awaitInvalidation(uniqueRequestId(request)));
  return line;
}

/** Tells the primary why this worker ends; it is the one to say so. */
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
