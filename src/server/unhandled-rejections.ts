import { type LoggerService } from '@nestjs/common';

/** Logs unhandled rejections as errors of ours: a single one must not end the process and every request in it. */
export function logUnhandledRejections(logger: LoggerService): void {
  process.on('unhandledRejection', (reason) =>
    logger.error({ msg: 'A rejection was not handled', err: reason }, 'Main'),
  );
}
