import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import { metricsOf, type ProcessMetrics } from '../../infrastructure/monitoring/process-metrics.js';
import { type WorkerRpc } from './worker-rpc.js';

/** Aggregates the metrics of all workers: sums, or the `aggregator` of a metric. */
export class WorkersMetrics {
  private readonly own = new Registry();
  private readonly alive: Gauge;
  private readonly deaths: Counter;
  private readonly last = new Map<WorkerRpc, ProcessMetrics>();
  private readonly ended = new WeakSet<WorkerRpc>();
  /** Counts of ended workers, so that no sum ever falls. */
  private readonly endedTotals: ProcessMetrics[] = [];
  private compaction = Promise.resolve();

  constructor() {
    const registers = [this.own];
    this.alive = new Gauge({ name: 'ctms_workers', help: 'Worker processes that serve', registers });
    const help = 'Worker processes that ended unexpectedly, or could not be started';
    this.deaths = new Counter({ name: 'ctms_worker_deaths_total', help, registers });
  }

  async text(workers: readonly WorkerRpc[]): Promise<string> {
    const answers = await Promise.all(workers.map((worker) => this.read(worker)));
    this.alive.set(workers.filter((worker) => !this.ended.has(worker)).length);
    const own = await metricsOf(this.own);
    // After the last wait: a worker that ended during it is in the totals of ended ones.
    const alive = answers.filter((_, i) => !this.ended.has(workers[i] as WorkerRpc));
    return summed([...this.endedTotals, own, ...alive]).metrics();
  }

  countDeath(): void {
    this.deaths.inc();
  }

  /** Keeps the last known counts of an ended worker; later ones are lost. */
  async keepCounts(worker: WorkerRpc): Promise<void> {
    const counted = (this.last.get(worker) ?? []).filter(({ type }) => type === 'counter' || type === 'histogram');
    this.ended.add(worker);
    this.last.delete(worker);
    this.endedTotals.push(counted);
    this.compaction = this.compaction.catch(() => undefined).then(() => this.compact());
    await this.compaction;
  }

  /** Sums the counts of ended workers; those of a worker that ends during it stay beside the sum until the next time. */
  private async compact(): Promise<void> {
    const parts = [...this.endedTotals];
    const sum = await metricsOf(summed(parts));
    this.endedTotals.splice(0, parts.length, sum);
  }

  /** Reads the metrics of a worker; the last known ones where it is too busy to answer. */
  private async read(worker: WorkerRpc): Promise<ProcessMetrics> {
    const metrics = await worker.metrics().catch(() => undefined);
    if (metrics && !this.ended.has(worker)) this.last.set(worker, metrics);
    return metrics ?? this.last.get(worker) ?? [];
  }
}

const summed = (metrics: ProcessMetrics[]): Registry => AggregatorRegistry.aggregate(metrics);
