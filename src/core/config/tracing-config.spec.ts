import { loadConfig } from './load-config.js';

const ON = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('the settings of traces', () => {
  it('are none without a collector', () => {
    expect(loadConfig({ OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'x' }).tracing).toBeUndefined();
  });

  it('are those of OpenTelemetry', () => {
    const env = {
      ...ON,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YTpi==, x-tenant = trials,',
      OTEL_SERVICE_NAME: 'trials',
      OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=a%2Cb',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    };
    expect(loadConfig(env).tracing).toEqual({
      endpoint: 'http://collector:4318',
      headers: { authorization: 'Basic YTpi==', 'x-tenant': 'trials' },
      serviceName: 'trials',
      sampler: 'parentbased_traceidratio',
      ratio: 0.25,
      resourceAttributes: { 'service.namespace': 'a,b' },
    });
  });

  it('keep every trace by default, unless the caller has not sampled it', () => {
    expect(loadConfig(ON).tracing).toMatchObject({ sampler: 'parentbased_always_on', ratio: 1, headers: {} });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318/?token=secret-text'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret-text'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=%secret-text'],
    ['OTEL_RESOURCE_ATTRIBUTES', '=secret-text'],
    ['OTEL_TRACES_SAMPLER', 'secret-text'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ])('reject a wrong %s without printing it', (name, value) => {
    const load = () => loadConfig({ ...ON, [name]: value });
    expect(load).toThrow(new RegExp(`${name}: `));
    expect(load).not.toThrow(/secret-text/);
  });
});
