import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type CounterConfiguration } from 'prom-client';
import { Budgets } from '../budgets/budgets.service.js';
import { Database } from '../database/database.js';
import { metricsOf, type ProcessMetrics } from './process-metrics.js';

/** Registry of Prometheus metrics. Modules register their own. */
@Injectable()
export class Metrics implements OnModuleDestroy {
  readonly registry = new Registry();
  private readonly collectors: (() => void)[] = [];
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private aggregated: (() => Promise<string>) | undefined;

  constructor(
    private readonly database: Database,
    budgets: Budgets,
  ) {
    const registers = [this.registry];
    budgets.metrics.forEach((metric) => this.registry.registerMetric(metric));
    this.requests = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from request to answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    const pool = new Gauge({
      name: 'ctms_database_connections',
      help: 'Connections of the pool',
      labelNames: ['state'],
      registers,
    });
    this.collect(() => {
      const { totalCount, idleCount, waitingCount } = this.database.pool;
      pool.set({ state: 'busy' }, totalCount - idleCount);
      pool.set({ state: 'idle' }, idleCount);
      pool.set({ state: 'waiting' }, waitingCount);
    });
  }

  /**
   * Adds the metrics of the whole process: CPU, memory, event loop, garbage collection. Only for the owner of the
   * process: their observers live until its end, and keep this application in memory.
   */
  collectProcessMetrics(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Calls `collector` before each read of the metrics, to set current values. */
  collect(collector: () => void): void {
    this.collectors.push(collector);
  }

  /**
   * Registers a counter, such as `metrics.counter({ name: 'visits_missed_total', help: 'Visits that were missed' })`.
   *
   * @throws Error where a metric has the name already
   */
  counter<L extends string = never>(
    options: Pick<CounterConfiguration<L>, 'name' | 'help' | 'labelNames'>,
  ): Counter<L> {
    return new Counter({ ...options, registers: [this.registry] });
  }

  /** Observes the duration of a response, by route and not by URL, so that the number of series stays bounded. */
  observeResponse(request: FastifyRequest, reply: FastifyReply, status: number): void {
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status: String(status) };
    this.requests.observe(labels, reply.elapsedTime / 1000);
  }

  /** Replaces the text by the aggregate of all workers, which `ask` returns. */
  aggregateWith(ask: () => Promise<string>): void {
    this.aggregated = ask;
  }

  text(): Promise<string> {
    if (this.aggregated) return this.aggregated();
    this.collectors.forEach((collector) => collector());
    return this.registry.metrics();
  }

  /** Returns the metrics of this process alone, for aggregation. */
  local(): Promise<ProcessMetrics> {
    this.collectors.forEach((collector) => collector());
    return metricsOf(this.registry);
  }

  onModuleDestroy(): void {
    this.registry.clear();
  }
}
