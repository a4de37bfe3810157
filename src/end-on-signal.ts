import { type LoggerService } from '@nestjs/common';

/**
 * Ends the process on SIGTERM and Ctrl-C, once however often they come: a terminal sends Ctrl-C to all processes, and a
 * primary tells its workers as well.
 *
 * @param stop says whether everything ended in order; where it fails, the process ends with 1 all the same
 */
export function endOnSignal(logger: LoggerService, stop: (signal: string) => Promise<boolean>): void {
  const end = async (signal: string): Promise<void> => {
    const orderly = await stop(signal).catch((error: unknown) => {
      logger.error({ msg: 'Not everything could be stopped in order', err: error }, 'Main');
      return false;
    });
    process.exit(orderly ? 0 : 1);
  };
  let ending: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void (ending ??= end(signal)));
}
