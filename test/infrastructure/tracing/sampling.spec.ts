import { as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { Collector } from '../../support/collector.js';

const SPAN = '00f067aa0ba902b7';
/** Ids whose share of all ids is `i` of 8: the ratio samplers compare the exclusive or of their four words. */
const TRACES = Array.from(
  { length: 8 },
  (_, i) => `${(i * 0x2000_0000 + 1).toString(16).padStart(8, '0')}${'0'.repeat(24)}`,
);

describe('OTEL_TRACES_SAMPLER', () => {
  let collector: Collector;

  beforeEach(async () => {
    collector = await Collector.open();
  });
  afterEach(() => collector.close());

  /** Requests `/api/tasks` once for each header. @returns the ids of the traces that were exported, some more than once */
  async function exported(sampler: Record<string, string>, traceparents: (string | undefined)[]): Promise<string[]> {
    const app = await TestApp.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...sampler });
    try {
      for (const traceparent of traceparents) {
        const answer = await as(app).get('/api/tasks', traceparent === undefined ? {} : { traceparent });
        expect(answer.status).toBe(401);
      }
    } finally {
      // Exports what is left.
      await app.stop();
    }
    const traces = collector.spans.filter(({ name }) => name === 'GET /api/tasks').map(({ traceId }) => traceId);
    // Batches may overtake each other.
    return traces.sort();
  }
  const from = (flags: string) => TRACES.map((id) => `00-${id}-${SPAN}-${flags}`);

  it('traceidratio keeps that share of the traces, the same ones on each server, whatever the client sampled', async () => {
    const sampler = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
    expect(await exported(sampler, [...from('01'), ...from('00')])).toEqual(
      [...TRACES.slice(0, 2), ...TRACES.slice(0, 2)].sort(),
    );
  });

  it('parentbased_traceidratio follows the client, and keeps that share of the traces that begin here', async () => {
    const none = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    expect(await exported(none, [...from('01'), ...from('00'), undefined, undefined])).toEqual(TRACES);
    const half = { ...none, OTEL_TRACES_SAMPLER_ARG: '0.5' };
    const kept = (await exported(half, Array<undefined>(200).fill(undefined))).length;
    // Fewer than 60 or more than 140 of 200 come by chance less than once in 10 million times.
    expect([kept, kept >= 60 && kept <= 140]).toEqual([kept, true]);
  });

  it('always_off exports nothing, always_on each trace, parentbased_always_off what the client sampled', async () => {
    const all = [...from('01'), ...from('00'), undefined];
    expect(await exported({ OTEL_TRACES_SAMPLER: 'always_off' }, all)).toEqual([]);
    expect(collector.raw).toEqual([]);
    expect(await exported({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, all)).toEqual(TRACES);
    expect(await exported({ OTEL_TRACES_SAMPLER: 'always_on' }, all)).toHaveLength(TRACES.length + all.length);
  });
});
