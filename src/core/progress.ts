import { type WriteStream } from 'node:tty';

const BAR_WIDTH = 30;
const BLOCK_WIDTH = 3;
const REDRAW_MS = 200;
const LINE_MS = 10_000;

/** Receives the progress of long work. */
export interface Progress {
  /** @param fraction of this phase, from 0 to 1; undefined where it is unknown */
  phase(name: string, fraction?: number): void;
}

/**
 * Shows a progress bar on a terminal, and lines elsewhere: one a phase, and one every ten seconds. Both go on while a
 * phase reports nothing, such as during a single long statement.
 *
 * @param quietMs time before the first line, for commands that are usually quick and run by schedule
 */
export function showProgress(stream: WriteStream | NodeJS.WritableStream, quietMs = 0): Progress & { end(): void } {
  const terminal = 'isTTY' in stream && stream.isTTY ? stream : undefined;
  const started = performance.now();
  const current: { name?: string; fraction?: number | undefined; shownAt: number } = { shownAt: 0 };
  const show = () => {
    if (current.name === undefined || (!terminal && performance.now() - started < quietMs)) return;
    current.shownAt = performance.now();
    const seconds = Math.round((performance.now() - started) / 1000);
    if (terminal) terminal.write(`\r\u001b[2K${barLine(current.name, current.fraction, seconds, terminal.columns)}`);
    else stream.write(textLine(current.name, current.fraction, seconds));
  };
  const intervalMs = terminal ? REDRAW_MS : LINE_MS;
  const timer = setInterval(show, intervalMs).unref();
  return {
    phase: (name, fraction) => {
      const isNew = name !== current.name;
      Object.assign(current, { name, fraction });
      if (isNew || performance.now() - current.shownAt >= intervalMs) show();
    },
    end: () => {
      clearInterval(timer);
      if (terminal && current.name !== undefined) terminal.write('\r\u001b[2K');
      delete current.name;
    },
  };
}

const percentOf = (fraction: number | undefined): string =>
  fraction === undefined ? '' : `${Math.floor(fraction * 100)} %`;

function textLine(name: string, fraction: number | undefined, seconds: number): string {
  return `${[`${name} …`, percentOf(fraction), `(${seconds} s)`].filter(Boolean).join(' ')}\n`;
}

/** One line at most, since a wrapped one could not be redrawn. */
function barLine(name: string, fraction: number | undefined, seconds: number, columns = 80): string {
  const line = `${name.padEnd(24)} ${bar(fraction, seconds)} ${percentOf(fraction).padStart(5)} ${seconds} s`;
  return line.slice(0, Math.max(1, columns - 1));
}

/** A block that moves once a second where the fraction is unknown. */
function bar(fraction: number | undefined, seconds: number): string {
  if (fraction === undefined) {
    const at = (seconds * BLOCK_WIDTH) % BAR_WIDTH;
    return '░'.repeat(at) + '█'.repeat(BLOCK_WIDTH) + '░'.repeat(BAR_WIDTH - at - BLOCK_WIDTH);
  }
  const done = Math.round(Math.min(1, fraction) * BAR_WIDTH);
  return '█'.repeat(done) + '░'.repeat(BAR_WIDTH - done);
}
