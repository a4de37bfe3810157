import { Collector } from '../../support/collector.js';
import { startProduct } from '../../support/product.js';
import { waitFor } from '../../support/wait-for.js';

/** Prints, at the end of a process, which packages of OpenTelemetry it has loaded. */
const PRINT_LOADED = `import { createRequire } from 'node:module';
const { cache } = createRequire('file:///');
process.on('exit', () => {
  const names = Object.keys(cache).map((file) => /@opentelemetry\\/([\\w-]+)/.exec(file)?.[1]).filter(Boolean);
  process.stderr.write('LOADED ' + [...new Set(names)].sort().join(' ') + '\\n');
});`;
const SECRET = 'credential-of-the-collector';
const env = {
  DEMO_DATA: 'false',
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(PRINT_LOADED)}`,
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=${SECRET}`,
};
/** Line of a job that is done, whole. */
const DONE = /^\{.*"msg":"Job [\w-]+ is done".*\}$/m;
const loadedBy = (output: string) => [...output.matchAll(/^LOADED (.*)$/gm)].map(([, names = '']) => names.split(' '));
const get = (url: string, headers = {}) => fetch(`${url}/api/tasks`, { headers: { connection: 'close', ...headers } });

describe('a product that exports traces', () => {
  let collector: Collector;

  beforeAll(async () => {
    collector = await Collector.open();
  });
  afterAll(() => collector.close());

  it('does so from each worker, and exports the last spans before it ends', async () => {
    const product = await startProduct({ ...env, WORKERS: '2', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    for (let i = 0; i < 8; i++) expect((await get(product.url)).status).toBe(401);
    const last = await get(product.url);
    expect(await product.stop()).toBe(0);
    const requests = collector.spans.filter(({ name }) => name === 'GET /api/tasks');
    expect(new Set(requests.map(({ resource }) => resource['process.pid'])).size).toBe(2);
    expect(new Set(requests.map(({ resource }) => resource['ctms.worker']))).toEqual(new Set([1, 2]));
    const id = last.headers.get('x-request-id');
    expect(requests.filter(({ attributes }) => attributes['ctms.request_id'] === id)).toHaveLength(1);
    expect(loadedBy(product.output()).flat()).toContain('exporter-trace-otlp-proto');
  }, 120_000);

  it('answers as before while the collector does not, and logs that once and without its headers', async () => {
    collector.status = 503;
    const product = await startProduct({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    try {
      const before = collector.raw.length;
      for (let i = 0; i < 20; i++) expect((await get(product.url)).status).toBe(401);
      await waitFor(() => product.output().includes('Traces are not exported'), 30_000);
      expect(collector.raw.length).toBeGreaterThan(before);
      expect((await get(product.url)).status).toBe(401);
      collector.status = 200;
      await waitFor(async () => {
        await get(product.url);
        return product.output().includes('it works again');
      }, 30_000);
    } finally {
      expect(await product.stop()).toBe(0);
    }
    expect(product.output().match(/Traces are not exported[^\n]*trying again/g)).toHaveLength(1);
    expect(product.output()).not.toContain(SECRET);
  }, 120_000);

  it('keeps a bounded number of spans, and ends in time, where the collector is silent', async () => {
    collector.status = 0;
    const product = await startProduct({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    for (let i = 0; i < 150; i++)
      await Promise.all(Array.from({ length: 20 }, () => fetch(`${product.url}/api/tasks`)));
    collector.status = 200;
    const ended = Date.now();
    expect(await product.stop()).toBe(0);
    expect(Date.now() - ended).toBeLessThan(10_000);
    const kept = collector.spans.filter(({ resource }) => resource['process.pid'] === product.pid);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(2048 + 512);
  }, 120_000);

  it('logs the ids of the trace within it', async () => {
    const product = await startProduct({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'debug' });
    try {
      await waitFor(() => DONE.test(product.output()), 30_000);
      const line = JSON.parse(DONE.exec(product.output())?.[0] ?? '') as Record<string, string>;
      expect(line).toMatchObject({ trace_id: expect.stringMatching(/^[\da-f]{32}$/), span_id: expect.any(String) });
      const span = await collector.span(({ spanId }) => spanId === line.span_id);
      expect(span).toMatchObject({ name: `job ${line.job}`, traceId: line.trace_id });
    } finally {
      await product.stop();
    }
  }, 120_000);
});

describe('a product without a collector', () => {
  it('loads nothing of OpenTelemetry but the API that prom-client needs', async () => {
    const product = await startProduct(env);
    expect((await get(product.url)).status).toBe(401);
    expect(await product.stop()).toBe(0);
    expect(loadedBy(product.output())).toEqual([['api']]);
    expect(product.output()).not.toContain('trace_id');
  }, 120_000);
});
