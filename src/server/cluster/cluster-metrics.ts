import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import { metricsOf, type ProcessMetrics } from '../../infrastructure/monitoring/process-metrics.js';
import { type WorkerRpc } from './worker-rpc.js';

/** Aggregates the metrics of all workers: sums, or the `aggregator` of a metric. */
export class WorkersMetrics {
  private readonly own = new Registry();
  private readonly alive: Gauge;
  private readonly deaths: Counter;
  private readonly last = new Map<WorkerRpc, ProcessMetrics>();
  /** Counts of ended workers, so that no sum ever falls. */
  private endedTotals: ProcessMetrics = [];

  constructor() {
    const registers = [this.own];
    this.alive = new Gauge({ name: 'ctms_workers', help: 'Worker processes that serve', registers });
    const help = 'Worker processes that ended unexpectedly';
    this.deaths = new Counter({ name: 'ctms_worker_deaths_total', help, registers });
  }

  async text(workers: readonly WorkerRpc[]): Promise<string> {
    const metrics = await Promise.all(workers.map((worker) => this.read(worker)));
    this.alive.set(workers.length);
    return summed([this.endedTotals, await metricsOf(this.own), ...metrics]).metrics();
  }

  /** Keeps the last known counts of an ended worker; later ones are lost. */
  async workerEnded(worker: WorkerRpc): Promise<void> {
    this.deaths.inc();
    const counted = (this.last.get(worker) ?? []).filter(({ type }) => type === 'counter' || type === 'histogram');
    this.last.delete(worker);
    this.endedTotals = await metricsOf(summed([this.endedTotals, counted]));
  }

  /** Reads the metrics of a worker; the last known ones where it is too busy to answer. */
  private async read(worker: WorkerRpc): Promise<ProcessMetrics> {
    const metrics = await worker.metrics().catch(() => undefined);
    if (metrics) this.last.set(worker, metrics);
    return metrics ?? this.last.get(worker) ?? [];
  }
}

const summed = (metrics: ProcessMetrics[]): Registry => AggregatorRegistry.aggregate(metrics);
