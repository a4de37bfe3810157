import cluster from 'node:cluster';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { KnownSessions } from '../../auth/access-tokens/session-cache.js';
import { uniqueRequestId } from '../../core/http/request-id.js';
import { Line, type Question } from './line.js';

/** The primary asks the others for a second, and needs a moment itself. */
const FORGET_MS = 1500;

/** Joins an application of this process to those of the other workers, before it listens. */
export function joinWorkers(app: NestFastifyApplication): Line {
  const [metrics, sessions] = [app.get(Metrics), app.get(KnownSessions, { strict: false })];
  const line = lineToPrimary(async (question) => {
    if (question.what === 'metrics') return metrics.own();
    if (question.what === 'forget') sessions.forget(question.items);
    return undefined;
  });
  metrics.gatherBy(() => line.ask({ what: 'metrics' }));
  // Where the primary does not answer in time, the database's notices make the others forget.
  sessions.shareBy((items) => line.ask<void>({ what: 'forget', items }, FORGET_MS).catch(() => undefined));
  // A log-out or a change of role holds for the next request of whoever has read the answer, on any worker.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request) => sessions.shared(uniqueRequestId(request)));
  return line;
}

/** Tells the primary why this worker ends; it is the one to say so. */
export async function tellFailure(message: string): Promise<void> {
  await lineToPrimary(async () => undefined).ask({ what: 'failed', message });
}

function lineToPrimary(answer: (question: Question) => Promise<unknown>): Line {
  const { worker } = cluster;
  const line = new Line((message) => void (worker?.isConnected() && worker.send(message, () => undefined)), answer);
  worker?.on('message', (message: unknown) => line.hear(message));
  return line;
}
