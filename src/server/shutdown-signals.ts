import cluster from 'node:cluster';
import { type LoggerService } from '@nestjs/common';

/** Orchestrators kill after ten seconds (`docker stop`), and what was not written by then is lost. Workers end first. */
const LIMIT_MS = cluster.isWorker ? 8500 : 9500;

interface Ending {
  /** @returns whether everything ended in order; where it throws, the process ends with 1 all the same */
  stop(signal: string): Promise<boolean>;
  /** Whether all is answered that can be, for a process that `stop` did not bring to its end in time. */
  isAnswered(): boolean;
}

/**
 * Ends the process on SIGTERM and Ctrl-C, once however often they come, and within ten seconds whatever hangs. A
 * terminal sends Ctrl-C to all processes, and a primary tells its workers as well.
 */
export function onShutdownSignal(logger: LoggerService, { stop, isAnswered }: Ending): void {
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
