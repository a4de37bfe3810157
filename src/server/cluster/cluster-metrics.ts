import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import { type IpcChannel } from './ipc-channel.js';

/** Below the timeout of a request for the aggregate: one hanging worker must not fail the whole scrape. */
const WORKER_TIMEOUT_MS = 3000;

/** Metrics of a process, as sent to the primary. */
type ProcessMetrics = readonly { readonly type: string }[];

/** Aggregates the metrics of all workers: sums, or the `aggregator` of a metric. */
export class WorkersMetrics {
  private readonly own = new Registry();
  private readonly alive: Gauge;
  private readonly deaths: Counter;
  private readonly last = new Map<IpcChannel, ProcessMetrics>();
  /** Counts of ended workers, so that no sum ever falls. */
  private endedTotals: ProcessMetrics = [];

  constructor() {
    const registers = [this.own];
    this.alive = new Gauge({ name: 'ctms_workers', help: 'Worker processes that serve', registers });
    const help = 'Worker processes that ended unexpectedly';
    this.deaths = new Counter({ name: 'ctms_worker_deaths_total', help, registers });
  }

  async text(lines: readonly IpcChannel[]): Promise<string> {
    const metrics = await Promise.all(lines.map((line) => this.read(line)));
    this.alive.set(lines.length);
    return summed([this.endedTotals, await metricsOf(this.own), ...metrics]).metrics();
  }

  /** Keeps the last known counts of an ended worker; later ones are lost. */
  async workerEnded(line: IpcChannel): Promise<void> {
    this.deaths.inc();
    const counted = (this.last.get(line) ?? []).filter(({ type }) => type === 'counter' || type === 'histogram');
    this.last.delete(line);
    this.endedTotals = await metricsOf(summed([this.endedTotals, counted]));
  }

  /** Reads the metrics of a worker; the last known ones where it is too busy to answer. */
  private async read(line: IpcChannel): Promise<ProcessMetrics> {
    const metrics = await line.request<ProcessMetrics>({ what: 'metrics' }, WORKER_TIMEOUT_MS).catch(() => undefined);
    if (metrics) this.last.set(line, metrics);
    return metrics ?? this.last.get(line) ?? [];
  }
}

const summed = (metrics: ProcessMetrics[]): Registry => AggregatorRegistry.aggregate(metrics);

/** Returns metrics as JSON; their types are names, unlike in the library's declarations. */
const metricsOf = async (registry: Registry): Promise<ProcessMetrics> =>
  (await registry.getMetricsAsJSON()) as unknown as ProcessMetrics;
