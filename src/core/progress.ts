import { type WriteStream } from 'node:tty';

const BAR_WIDTH = 30;
const REDRAW_MS = 200;
const LINE_MS = 10_000;

/** Receives the progress of long work. */
export interface Progress {
  /** @param fraction of this phase, from 0 to 1; undefined where it is unknown */
  phase(name: string, fraction?: number): void;
}

/**
 * Shows a progress bar on a terminal, and lines elsewhere: one a phase, and one every ten seconds.
 *
 * @param quietMs time before the first line, for commands that are usually quick and run by schedule
 */
export function showProgress(stream: WriteStream | NodeJS.WritableStream, quietMs = 0): Progress & { end(): void } {
  const isTerminal = 'isTTY' in stream && stream.isTTY;
  const started = Date.now();
  let shown = { name: '', at: 0 };
  const write = (name: string, fraction: number | undefined) => {
    const seconds = Math.round((Date.now() - started) / 1000);
    const percent = fraction === undefined ? '' : `${Math.floor(fraction * 100)} %`;
    if (!isTerminal) stream.write(`${[`${name} …`, percent, `(${seconds} s)`].filter(Boolean).join(' ')}\n`);
    else stream.write(`\r\u001b[2K${name.padEnd(24)} ${bar(fraction)} ${percent.padStart(5)} ${seconds} s`);
  };
  return {
    phase: (name, fraction) => {
      if (!isTerminal && Date.now() - started < quietMs) return;
      const isNew = name !== shown.name;
      if (!isNew && Date.now() - shown.at < (isTerminal ? REDRAW_MS : LINE_MS)) return;
      shown = { name, at: Date.now() };
      write(name, fraction);
    },
    end: () => {
      if (isTerminal && shown.name) stream.write('\r\u001b[2K');
    },
  };
}

function bar(fraction: number | undefined): string {
  if (fraction === undefined) return ' '.repeat(BAR_WIDTH);
  const done = Math.round(fraction * BAR_WIDTH);
  return '█'.repeat(done) + '░'.repeat(BAR_WIDTH - done);
}
