import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

/**
 * Percent by which the old generation may grow before V8 collects it. By default V8 lets it more than double while
 * the machine has memory: 281 MB resident after the benchmark instead of 190 MB, at the same throughput.
 */
const HEAP_GROWTH_PERCENT = 20;
/** V8 of Node 22, the first that keeps freed pages; the one of Node 20 shrinks a heap at rest by itself. */
const FIRST_V8_TO_KEEP_PAGES = 12;

const SAMPLE_MS = 1000;
/** Samples over which the mean utilization decides on rest. */
const WINDOW = 15;
/** Mean share of the time in which the event loop of a process at rest works. The product's own jobs take 0.02 to 0.03. */
const REST_UTILIZATION = 0.05;
/** Share of one second from which on a load has come; a pause of a collection takes up to 0.06. */
const LOAD_UTILIZATION = 0.3;
/** Samples in which V8 collects all that it can. */
const COLLECTION = 25;
/** Samples between two collections of a process that stays at rest, since few requests fill the heap, too. */
const INTERVAL = 300;

/** Sets how V8 uses memory in this process. Call it once the modules are loaded: a heap that grows by them would be collected again and again. */
export function applyHeapPolicy(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  if (Number.parseInt(process.versions.v8, 10) >= FIRST_V8_TO_KEEP_PAGES) new HeapAtRest().watch();
}

/**
 * Lets V8 prefer memory to speed for a while in a process at rest: it then collects often, in short pauses, and gives freed pages
 * back to the system. By itself V8 of Node 22 and 24 keeps them (docs/decisions/0211-memory-at-rest.md).
 */
export class HeapAtRest {
  private readonly recent: number[] = [];
  /** Samples since the collection began; infinite where none has since the last load. */
  private age = Infinity;
  private isCollecting = false;

  constructor(
    private readonly setFlag: (flag: string) => void = setFlagsFromString,
    private readonly worked = (): EventLoopUtilization => performance.eventLoopUtilization(),
  ) {}

  /** Samples the event loop each second, as long as the process runs for another reason. */
  watch(): void {
    let last = this.worked();
    setInterval(() => {
      const now = this.worked();
      this.sample(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    }, SAMPLE_MS).unref();
  }

  /** @param utilization share of the last second in which the event loop worked, 0 to 1 */
  private sample(utilization: number): void {
    this.recent.push(utilization);
    if (this.recent.length > WINDOW) this.recent.shift();
    this.age++;
    if (utilization >= LOAD_UTILIZATION) this.age = Infinity;
    if (!this.isCollecting && this.age >= INTERVAL && this.isAtRest()) this.age = 0;
    this.collect(this.age < COLLECTION);
  }

  private isAtRest(): boolean {
    const sum = this.recent.reduce((total, each) => total + each, 0);
    return this.recent.length === WINDOW && sum / WINDOW < REST_UTILIZATION;
  }

  private collect(isCollecting: boolean): void {
    if (isCollecting !== this.isCollecting)
      this.setFlag(isCollecting ? '--optimize-for-size' : '--no-optimize-for-size');
    this.isCollecting = isCollecting;
  }
}
