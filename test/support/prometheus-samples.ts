export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly labels: Labels;
  readonly value: number;
}

interface Scrape {
  readonly time: number;
  readonly series: readonly Series[];
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Samples that Prometheus keeps of the scrapes of one server. */
export class Samples {
  private readonly scrapes: Scrape[] = [];

  /** @param time of the scrape, in seconds */
  add(text: string, time: number): this {
    const series = text.split('\n').flatMap((line) => (line && !line.startsWith('#') ? [seriesIn(line)] : []));
    this.scrapes.push({ time, series: [...series, { labels: { __name__: 'up' }, value: 1 }] });
    return this;
  }

  get time(): number {
    return this.scrapes.at(-1)?.time ?? 0;
  }

  /** The series of the last scrape. */
  instant(selected: (series: Series) => boolean): readonly Series[] {
    return (this.scrapes.at(-1)?.series ?? []).filter(selected);
  }

  /** Increase a second over the scrapes of a range. A series needs two of them, as with Prometheus. */
  rates(selected: (series: Series) => boolean, range: number): readonly Series[] {
    const inRange = this.scrapes.filter(({ time }) => time > this.time - range);
    const first = inRange[0];
    const before = new Map(first?.series.filter(selected).map((series) => [keyOf(series), series.value]));
    const span = this.time - (first?.time ?? 0);
    return this.instant(selected).flatMap((series) => {
      const start = before.get(keyOf(series));
      if (start === undefined || span <= 0) return [];
      const { __name__: _name, ...labels } = series.labels;
      return [{ labels, value: (series.value - start) / span }];
    });
  }
}

const keyOf = ({ labels }: Series): string => JSON.stringify(Object.entries(labels).sort());

/** Seconds of a duration such as `5m`. */
export function seconds(duration: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const factor = SECONDS[unit];
  if (factor === undefined) throw new Error(`No duration: ${duration}`);
  return Number(count) * factor;
}

function seriesIn(line: string): Series {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined) throw new Error(`No line of the text format: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [
    label,
    text.replaceAll(/\\(.)/g, '$1'),
  ]);
  return {
    labels: { __name__: name, ...Object.fromEntries(pairs) },
    value: Number(value === '+Inf' ? Infinity : value),
  };
}
