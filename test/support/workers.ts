import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Product } from './product.js';

/** @returns the value of a series in the text of a scrape; NaN where there is none */
export const figure = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1) ?? NaN,
  );

/** Process ids of the workers, as the operating system lists them: child processes of the primary. */
export function workerPids(of: Product): number[] {
  const children = execFileSync('pgrep', ['-P', String(of.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
  return children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/main.js'));
}
