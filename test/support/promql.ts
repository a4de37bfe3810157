import { parser } from '@prometheus-io/lezer-promql';
import { type SyntaxNode } from '@lezer/common';
import { seconds, type Labels, type Samples, type Series } from './prometheus-samples.js';

type Value = number | readonly Series[];

/**
 * Evaluates an instant query of PromQL at the last scrape. Knows the part of the language that `docs/observability` uses, and throws
 * for all else.
 */
export function evaluate(query: string, samples: Samples): readonly Series[] {
  const value = new Evaluation(query, samples).run();
  return typeof value === 'number' ? [{ labels: {}, value }] : value;
}

/** Metrics that a query selects, with the labels that it names on each. @throws for what does not parse */
export function selectorsOf(query: string): { metric: string; labels: string[] }[] {
  const found: { metric: string; labels: string[] }[] = [];
  parsed(query)
    .cursor()
    .iterate((node) => {
      if (node.name !== 'VectorSelector') return;
      const text = (part: SyntaxNode | null) => (part ? query.slice(part.from, part.to) : '');
      const labels = matchersOf(node.node).map((matcher) => text(matcher.getChild('LabelName')));
      found.push({
        metric: text(node.node.getChild('Identifier')),
        labels: [...labels, ...groupingsOver(node.node, text)],
      });
    });
  return found;
}

/** @throws with the place of the first error */
export function parsed(query: string): SyntaxNode {
  const { topNode } = parser.parse(query);
  topNode.cursor().iterate(({ type, from }) => {
    if (type.isError) throw new Error(`Syntax error at ${from}: ${query}`);
  });
  return topNode;
}

const matchersOf = (selector: SyntaxNode): SyntaxNode[] =>
  selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];

/** Labels by which the innermost aggregation groups: they have to come from the metric. */
function groupingsOver(selector: SyntaxNode, text: (node: SyntaxNode) => string): string[] {
  for (let node = selector.parent; node; node = node.parent)
    if (node.name === 'AggregateExpr')
      return node.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName').map(text) ?? [];
  return [];
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Gtr: (a, b) => a > b,
  Gte: (a, b) => a >= b,
  Lss: (a, b) => a < b,
  Lte: (a, b) => a <= b,
  Eql: (a, b) => a === b,
  EqlC: (a, b) => a === b,
  Neq: (a, b) => a !== b,
};
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};
const AGGREGATES: Readonly<Record<string, (values: number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Max: (values) => Math.max(...values),
  Min: (values) => Math.min(...values),
  Avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Count: (values) => values.length,
};

class Evaluation {
  private readonly root: SyntaxNode;

  constructor(
    private readonly query: string,
    private readonly samples: Samples,
  ) {
    this.root = parsed(query);
  }

  run(): Value {
    return this.value(this.root.firstChild as SyntaxNode);
  }

  private value(node: SyntaxNode): Value {
    if (node.name === 'NumberDurationLiteral') return Number(this.text(node));
    if (node.name === 'ParenExpr') return this.value(node.firstChild?.nextSibling ?? (node.firstChild as SyntaxNode));
    if (node.name === 'VectorSelector') return this.samples.instant(this.selected(node));
    if (node.name === 'FunctionCall') return this.call(node);
    if (node.name === 'AggregateExpr') return this.aggregate(node);
    if (node.name === 'BinaryExpr') return this.binary(node);
    throw new Error(`Not evaluated: ${node.name} in ${this.query}`);
  }

  private vector(node: SyntaxNode | undefined): readonly Series[] {
    const value = node && this.value(node);
    if (value === undefined || typeof value === 'number') throw new Error(`No vector in ${this.query}`);
    return value;
  }

  private call(node: SyntaxNode): Value {
    const name = node.getChild('FunctionIdentifier')?.firstChild?.name;
    const [first, second] = childrenOf(node.getChild('FunctionCallBody'));
    if (name === 'Time') return this.samples.time;
    if (name === 'Abs') return this.vector(first).map(({ labels, value }) => ({ labels, value: Math.abs(value) }));
    if (name === 'HistogramQuantile') return quantiles(this.value(first as SyntaxNode) as number, this.vector(second));
    if ((name === 'Rate' || name === 'Increase') && first?.name === 'MatrixSelector') {
      const [selector, duration] = childrenOf(first);
      const range = seconds(this.text(duration as SyntaxNode));
      const rates = this.samples.rates(this.selected(selector as SyntaxNode), range);
      return name === 'Rate' ? rates : rates.map(({ labels, value }) => ({ labels, value: value * range }));
    }
    throw new Error(`Not evaluated: function ${name} in ${this.query}`);
  }

  private aggregate(node: SyntaxNode): readonly Series[] {
    const operator = AGGREGATES[node.getChild('AggregateOp')?.firstChild?.name ?? ''];
    const modifier = node.getChild('AggregateModifier');
    if (!operator || modifier?.getChild('Without')) throw new Error(`Not evaluated: ${this.query}`);
    const by =
      modifier
        ?.getChild('GroupingLabels')
        ?.getChildren('LabelName')
        .map((label) => this.text(label)) ?? [];
    const groups = groupBy(this.vector(childrenOf(node.getChild('FunctionCallBody'))[0]), ({ labels }) =>
      JSON.stringify(by.map((label) => [label, labels[label] ?? ''])),
    );
    return [...groups].map(([key, series]) => ({
      labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
      value: operator(series.map(({ value }) => value)),
    }));
  }

  private binary(node: SyntaxNode): Value {
    const [left, operator, ...rest] = childrenOf(node) as [SyntaxNode, SyntaxNode, ...SyntaxNode[]];
    const right = rest.at(-1) as SyntaxNode;
    const on = rest[0]?.name === 'MatchingModifierClause' ? this.matching(rest[0]) : undefined;
    const [a, b] = [this.value(left), this.value(right)];
    const arithmetic = ARITHMETIC[operator.name];
    if (typeof a === 'number' && typeof b === 'number' && arithmetic) return arithmetic(a, b);
    const pairs = typeof a === 'number' ? pairsOf(this.vector(right), () => a, true) : this.pairs(a, b, on);
    if (arithmetic) return pairs.map(({ labels, a: x, b: y }) => ({ labels, value: arithmetic(x, y) }));
    const comparison = COMPARISONS[operator.name];
    if (comparison)
      return pairs.filter(({ a: x, b: y }) => comparison(x, y)).map(({ labels, a: value }) => ({ labels, value }));
    if (operator.name === 'And') return pairs.map(({ labels, a: value }) => ({ labels, value }));
    throw new Error(`Not evaluated: ${operator.name} in ${this.query}`);
  }

  private matching(clause: SyntaxNode): string[] {
    if (!clause.getChild('On')) throw new Error(`Not evaluated: ${this.text(clause)} in ${this.query}`);
    return (
      clause
        .getChild('GroupingLabels')
        ?.getChildren('LabelName')
        .map((label) => this.text(label)) ?? []
    );
  }

  private pairs(left: readonly Series[], right: Value, on: readonly string[] | undefined) {
    if (typeof right === 'number') return pairsOf(left, () => right, false);
    const keyOf = ({ labels }: Series) =>
      JSON.stringify(
        Object.entries(labels)
          .filter(([name]) => on?.includes(name) ?? name !== '__name__')
          .sort(),
      );
    const others = new Map(right.map((series) => [keyOf(series), series.value]));
    return pairsOf(left, (series) => others.get(keyOf(series)), false);
  }

  private selected(node: SyntaxNode): (series: Series) => boolean {
    const name = this.text(node.getChild('Identifier') as SyntaxNode);
    const matchers = matchersOf(node).map((matcher) => {
      const label = this.text(matcher.getChild('LabelName') as SyntaxNode);
      const text = JSON.parse(this.text(matcher.getChild('StringLiteral') as SyntaxNode)) as string;
      return [label, matches(matcher.getChild('MatchOp')?.firstChild?.name ?? '', text)] as const;
    });
    return ({ labels }) => labels.__name__ === name && matchers.every(([label, is]) => is(labels[label] ?? ''));
  }

  private text(node: SyntaxNode): string {
    return this.query.slice(node.from, node.to);
  }
}

function pairsOf(vector: readonly Series[], other: (series: Series) => number | undefined, swapped: boolean) {
  return vector.flatMap((series) => {
    const value = other(series);
    if (value === undefined) return [];
    const [a, b] = swapped ? [value, series.value] : [series.value, value];
    return [{ labels: series.labels, a, b }];
  });
}

function matches(operator: string, text: string): (value: string) => boolean {
  const pattern = new RegExp(`^(?:${text})$`);
  if (operator === 'EqlSingle') return (value) => value === text;
  if (operator === 'Neq') return (value) => value !== text;
  if (operator === 'EqlRegex') return (value) => pattern.test(value);
  if (operator === 'NeqRegex') return (value) => !pattern.test(value);
  throw new Error(`Not evaluated: matcher ${operator}`);
}

function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) children.push(child);
  return children;
}

/** Linear within a bucket, as Prometheus does. */
function quantiles(quantile: number, buckets: readonly Series[]): readonly Series[] {
  const without = ({ le: _le, __name__: _name, ...labels }: Labels) => labels;
  const groups = groupBy(buckets, ({ labels }) => JSON.stringify(without(labels)));
  return [...groups].map(([key, group]) => ({ labels: JSON.parse(key) as Labels, value: quantileOf(quantile, group) }));
}

function quantileOf(quantile: number, group: readonly Series[]): number {
  const bounds = group
    .map(({ labels, value }) => ({ le: labels.le === '+Inf' ? Infinity : Number(labels.le), count: value }))
    .sort((a, b) => a.le - b.le);
  const rank = quantile * (bounds.at(-1)?.count ?? 0);
  const index = bounds.findIndex(({ count }) => count >= rank);
  const [lower = { le: 0, count: 0 }, upper = { le: NaN, count: NaN }] = [bounds[index - 1], bounds[index]];
  if (upper.le === Infinity) return lower.le;
  return lower.le + ((upper.le - lower.le) * (rank - lower.count)) / (upper.count - lower.count);
}

function groupBy(series: readonly Series[], keyOf: (series: Series) => string): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const each of series) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}
