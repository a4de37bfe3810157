import { type LoggerService } from '@nestjs/common';
import pino, { type DestinationStream, type Logger } from 'pino';
import { type Config } from './config/config.js';
import { traceFields } from './tracing/span.js';

/** Contexts of Nest's start-up messages, which are logged at `debug`. */
const START_UP = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/**
 * Writes structured logs to stderr, since stdout belongs to the output of commands: one JSON object a line, unless
 * the destination formats them.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  /**
   * @param worker number of this worker; undefined where a single process writes the log
   * @param destination stream for the lines; default stderr
   */
  constructor(config: Config, worker?: number, destination: DestinationStream = pino.destination(2)) {
    const base = { app: config.appName, ...(worker !== undefined && { worker }) };
    const mixin = config.tracing && traceFields;
    this.pino = pino(
      { level: config.logLevel, base, timestamp: pino.stdTimeFunctions.isoTime, ...(mixin && { mixin }) },
      destination,
    );
  }

  log(message: unknown, context?: string): void {
    this.write(START_UP.has(context ?? '') ? 'debug' : 'info', message, context);
  }
  warn(message: unknown, context?: string): void {
    this.write('warn', message, context);
  }
  debug(message: unknown, context?: string): void {
    this.write('debug', message, context);
  }
  verbose(message: unknown, context?: string): void {
    this.write('trace', message, context);
  }
  fatal(message: unknown, context?: string): void {
    this.write('fatal', message, context);
  }
  /** Accepts Nest's `(message, stack?, context?)`. */
  error(message: unknown, ...rest: (string | undefined)[]): void {
    const stack = rest.length > 1 ? rest[0] : undefined;
    this.write('error', stack ? { msg: String(message), stack } : message, rest.at(-1));
  }

  private write(
    level: 'info' | 'warn' | 'debug' | 'trace' | 'fatal' | 'error',
    message: unknown,
    context?: string,
  ): void {
    const line = typeof message === 'object' && message !== null ? message : { msg: String(message) };
    this.pino[level](context ? { ...line, context } : line);
  }
}
