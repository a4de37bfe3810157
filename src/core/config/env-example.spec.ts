import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { variables } from './config.schema.js';
import { projectRoot } from './project-root.js';

interface Shown {
  readonly name: keyof typeof variables.shape;
  readonly value: string;
  /** The comment above it, or above the variables before it without a line between. */
  readonly comment: string;
}

const VARIABLE = /^# ?([A-Z][A-Z0-9_]+)=(.*)$/;

/** Values that are shown, and are no defaults. */
const EXAMPLES = [
  'HOST',
  'PUBLIC_ORIGINS',
  'ALLOWED_ORIGINS',
  'METRICS_PORT',
  'RATE_LIMIT_ROLES',
  'REDACTION_DELAY_HOURS',
  'AUDIT_ORIGIN',
  'AUDIT_CHECKPOINT_WEBHOOK',
  'AUDIT_REDACTION_WEBHOOK',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
].sort();

function shown(): Shown[] {
  let comment = '';
  let previous = '';
  return readFileSync(join(projectRoot(), '.env.example'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name, value = ''] = VARIABLE.exec(line) ?? [];
      if (name === undefined) comment = VARIABLE.test(previous) ? line : `${comment}\n${line}`;
      if (line === '') comment = '';
      previous = line;
      return name === undefined ? [] : [{ name: name as Shown['name'], value, comment }];
    });
}

describe('.env.example', () => {
  const all = shown();

  it('shows the default of each variable that is no example', () => {
    const others = all.filter(({ name }) => !EXAMPLES.includes(name));
    expect(others.length).toBeGreaterThan(70);
    const read = ({ name, value }: Shown) => [name, variables.shape[name].parse(value === '' ? undefined : value)];
    expect(others.map(read)).toEqual(others.map(({ name }) => [name, variables.shape[name].parse(undefined)]));
  });

  it('says which values are examples, and shows ones that are accepted', () => {
    const marked = all.filter(({ name, comment }) => /\bExample\b/.test(comment) && EXAMPLES.includes(name));
    expect(marked.map(({ name }) => name).sort()).toEqual(EXAMPLES);
    for (const { name, value } of marked) {
      const { success, data } = variables.shape[name].safeParse(value);
      expect([name, success]).toEqual([name, true]);
      expect([name, data]).not.toEqual([name, variables.shape[name].parse(undefined)]);
    }
  });
});
