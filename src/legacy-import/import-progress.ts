import { type WriteStream } from 'node:tty';
import { type ImportProgress } from './legacy-import.service.js';

const BAR_WIDTH = 30;
const REDRAW_MS = 200;
const LINE_MS = 10_000;

/** Shows a progress bar on a terminal, and lines elsewhere: one a phase, and one every ten seconds. */
export function importProgress(stream: WriteStream | NodeJS.WritableStream): ImportProgress & { end(): void } {
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
