import { JsonLogger } from '../json-logger.js';
import { loadConfig } from '../config/load-config.js';
import { activeSpan, errorTypeOf, inSpan, traceFields, withoutSpan, withSpan, type Span } from './span.js';

class TestSpan implements Span {
  readonly traceId = 'a'.repeat(32);
  readonly children: TestSpan[] = [];
  ended: string | undefined;

  constructor(
    readonly spanId: string,
    public isRecording = true,
  ) {}

  startChild(name: string): Span {
    const child = new TestSpan(name);
    this.children.push(child);
    return child;
  }

  setAttributes(): void {}

  end(errorType = 'done'): void {
    this.ended = errorType;
  }
}

const wait = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('inSpan', () => {
  it('only runs the work where nothing is traced', async () => {
    expect(await inSpan('child', {}, async () => activeSpan())).toBeUndefined();
  });

  it('runs the work within a child of the current span, over awaits, and ends it', async () => {
    const root = new TestSpan('root');
    const work = async () => {
      await wait();
      return activeSpan()?.spanId;
    };
    expect(await withSpan(root, () => inSpan('child', {}, work))).toBe('child');
    expect(root.children.map(({ ended }) => ended)).toEqual(['done']);
    expect(activeSpan()).toBeUndefined();
  });

  it('ends the child with the type of the error, which it throws', async () => {
    const root = new TestSpan('root');
    const failing = () => Promise.reject(Object.assign(new Error('a value'), { code: '23505' }));
    await expect(withSpan(root, () => inSpan('child', {}, failing))).rejects.toThrow('a value');
    expect(root.children.map(({ ended }) => ended)).toEqual(['23505']);
  });

  it('starts no child of a span that is not recorded', async () => {
    const root = new TestSpan('root', false);
    await withSpan(root, () => inSpan('child', {}, wait));
    expect(root.children).toEqual([]);
  });
});

describe('the type of an error', () => {
  it.each([
    [new RangeError('a value'), 'RangeError'],
    [Object.assign(new Error('a value'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [Object.assign(new Error('a value'), { code: 'a value' }), 'Error'],
    ['a value', '_OTHER'],
  ])('holds nothing of its message: %p is %s', (error, type) => {
    expect(errorTypeOf(error)).toBe(type);
  });
});

describe('the ids of a trace', () => {
  it('are in log lines within it, where traces are exported', () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const on = new JsonLogger(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector' }), undefined, { write });
    const off = new JsonLogger(loadConfig({}), undefined, { write });
    withSpan(new TestSpan('root'), () => {
      on.log('within');
      withoutSpan(() => on.log('outside'));
      off.log('off');
    });
    const [within, outside, without] = lines.map((line) => JSON.parse(line) as object);
    expect(within).toMatchObject({ trace_id: 'a'.repeat(32), span_id: 'root' });
    for (const line of [outside, without]) expect(line).not.toHaveProperty('trace_id');
    expect(traceFields()).toEqual({});
  });
});
