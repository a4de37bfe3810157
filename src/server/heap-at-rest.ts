import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

/**
 * Percent by which the old generation may grow before V8 collects it. By default V8 lets it more than double while
 * the machine has memory: 281 MB resident after the benchmark instead of 190 MB, at the same throughput.
 */
const HEAP_GROWTH_PERCENT = 20;
const SAMPLE_MS = 1000;
/** Share of a second in which the event loop works, below which the second is quiet. The product's own jobs take 0.02 to 0.03. */
const QUIET_UTILIZATION = 0.05;
/**
 * Of quiet seconds in a row, those in which V8 prefers memory: not between two loads, and as long as it takes to collect. Again after
 * as many as a cycle has, since few requests fill the heap, too.
 */
const COLLECTION = { from: 15, until: 40, cycle: 300 };

/**
 * Sets how V8 uses memory in this process. Not before its modules are loaded, since a heap that grows by these would be
 * collected again and again.
 */
export function applyHeapPolicy(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  const heap = new HeapAtRest(setFlagsFromString);
  let last = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    heap.sample(performance.eventLoopUtilization(now, last).utilization);
    last = now;
  }, SAMPLE_MS).unref();
}

/**
 * Lets V8 prefer memory to speed for a while in a process at rest: it then collects in small steps and gives freed pages back to
 * the system. By itself V8 of Node 22 and 24 keeps them and collects nothing at rest: some 330 MB after a load, with this 160 to 185
 * (docs/decisions/0211-memory-at-rest.md).
 */
export class HeapAtRest {
  private quietSeconds = 0;
  private prefersMemory = false;

  constructor(private readonly setFlag: (flag: string) => void) {}

  /** @param utilization share of the last second in which the event loop worked, 0 to 1 */
  sample(utilization: number): void {
    this.quietSeconds = utilization < QUIET_UTILIZATION ? this.quietSeconds + 1 : 0;
    const second = this.quietSeconds % COLLECTION.cycle;
    const prefersMemory = second >= COLLECTION.from && second < COLLECTION.until;
    if (prefersMemory !== this.prefersMemory)
      this.setFlag(prefersMemory ? '--optimize-for-size' : '--no-optimize-for-size');
    this.prefersMemory = prefersMemory;
  }
}
