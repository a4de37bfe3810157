import { Counter, Registry } from 'prom-client';
import { metricsOf } from '../../infrastructure/monitoring/process-metrics.js';
import { WorkersMetrics } from './cluster-metrics.js';
import { type WorkerRpc } from './worker-rpc.js';

/** A worker that has counted requests, and answers once it is let. */
function workerWith(requests: number) {
  const registry = new Registry();
  new Counter({ name: 'requests', help: 'Requests', registers: [registry] }).inc(requests);
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const metrics = async () => {
    await answered;
    return metricsOf(registry);
  };
  return { calls: { metrics } as WorkerRpc, answer };
}

const figures = (text: string) => /^requests (\d+)$/m.exec(text)?.[1];
const serving = (text: string) => /^ctms_workers (\d+)$/m.exec(text)?.[1];

describe('metrics of workers', () => {
  it('count a worker once that ends while it is read', async () => {
    const metrics = new WorkersMetrics();
    const [dying, other] = [workerWith(5), workerWith(2)];
    [dying, other].forEach(({ answer }) => answer());
    expect(figures(await metrics.text([dying.calls, other.calls]))).toBe('7');
    const slow = workerWith(0);
    const scraped = metrics.text([dying.calls, slow.calls, other.calls]);
    await metrics.keepCounts(dying.calls);
    slow.answer();
    const text = await scraped;
    expect([figures(text), serving(text)]).toEqual(['7', '2']);
    expect(figures(await metrics.text([other.calls]))).toBe('7');
  });

  it('keep the counts of two workers that end at the same time', async () => {
    const metrics = new WorkersMetrics();
    const dying = [workerWith(5), workerWith(2)];
    dying.forEach(({ answer }) => answer());
    await metrics.text(dying.map(({ calls }) => calls));
    const kept = dying.map(({ calls }) => metrics.keepCounts(calls));
    expect(figures(await metrics.text([]))).toBe('7');
    await Promise.all(kept);
    expect(figures(await metrics.text([]))).toBe('7');
  });
});
