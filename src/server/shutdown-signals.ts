import cluster from 'node:cluster';
import { type LoggerService } from '@nestjs/common';

/**
 * Below the ten seconds after which orchestrators kill (`docker stop`), when unwritten data is lost. Workers end
 * first.
 */
const LIMIT_MS = cluster.isWorker ? 8500 : 9500;

interface ShutdownHandlers {
  /** @returns true where everything ended in order; a rejection also ends the process, with 1 */
  stop(signal: string): Promise<boolean>;
  /** True where every response is finished, for a process that `stop` did not end in time. */
  isAnswered(): boolean;
}

/**
 * Ends the process on SIGTERM and SIGINT, once for repeated signals, and within ten seconds in any case. A terminal
 * sends Ctrl-C to all processes, and a primary signals its workers as well.
 */
export function onShutdownSignal(logger: LoggerService, { stop, isAnswered }: ShutdownHandlers): void {
  const end = async (signal: string): Promise<void> => {
    setTimeout(() => {
      logger.warn(
        { msg: 'Not everything came to its end in time; ending all the same', answered: isAnswered() },
        'Main',
      );
      process.exit(isAnswered() ? 0 : 1);
    }, LIMIT_MS);
    const orderly = await stop(signal).catch((error: unknown) => {
      logger.error({ msg: 'Not everything could be stopped in order', err: error }, 'Main');
      return false;
    });
    process.exit(orderly ? 0 : 1);
  };
  let ending: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void (ending ??= end(signal)));
}
