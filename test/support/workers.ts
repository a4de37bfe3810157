import { spawnSync } from 'node:child_process';
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
  const { stdout } = spawnSync('pgrep', ['-P', String(of.pid)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(Number)
    .filter((pid) => commandLine(pid).includes('dist/main.js'));
}

/** Empty for a process that has ended since it was listed. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
