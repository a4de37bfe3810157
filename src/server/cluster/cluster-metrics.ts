import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import { type IpcChannel } from './ipc-channel.js';

/** Less than whoever asks the primary for all of them waits: one worker that hangs must not cost the whole answer. */
const TOLD_MS = 3000;

/** The metrics of a process, as they travel. */
type Told = readonly { readonly type: string }[];

/** One scrape tells of all workers: sums, or what the `aggregator` of a metric says. */
export class WorkersMetrics {
  private readonly own = new Registry();
  private readonly alive: Gauge;
  private readonly deaths: Counter;
  private readonly last = new Map<IpcChannel, Told>();
  /** What those who are gone had counted, so that no sum ever falls. */
  private past: Told = [];

  constructor() {
    const registers = [this.own];
    this.alive = new Gauge({ name: 'ctms_workers', help: 'Worker processes that serve', registers });
    const help = 'Worker processes that ended without being told to';
    this.deaths = new Counter({ name: 'ctms_worker_deaths_total', help, registers });
  }

  async text(lines: readonly IpcChannel[]): Promise<string> {
    const told = await Promise.all(lines.map((line) => this.toldBy(line)));
    this.alive.set(lines.length);
    return summed([this.past, await toldOf(this.own), ...told]).metrics();
  }

  /** Keeps what a worker had counted when it was last asked; what came after that is lost with it. */
  async ended(line: IpcChannel): Promise<void> {
    this.deaths.inc();
    const counted = (this.last.get(line) ?? []).filter(({ type }) => type === 'counter' || type === 'histogram');
    this.last.delete(line);
    this.past = await toldOf(summed([this.past, counted]));
  }

  /** One that is too busy to answer is told of as it was. */
  private async toldBy(line: IpcChannel): Promise<Told> {
    const told = await line.request<Told>({ what: 'metrics' }, TOLD_MS).catch(() => undefined);
    if (told) this.last.set(line, told);
    return told ?? this.last.get(line) ?? [];
  }
}

const summed = (told: Told[]): Registry => AggregatorRegistry.aggregate(told);

/** The types are by name here, by number in the declarations of the library. */
const toldOf = async (registry: Registry): Promise<Told> => (await registry.getMetricsAsJSON()) as unknown as Told;
