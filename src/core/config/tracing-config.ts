import { type Variables } from './config.schema.js';

/** Export of traces, by the standard variables of OpenTelemetry. */
export interface TracingConfig {
  /** Base URL of the collector, to which `/v1/traces` is added. */
  readonly endpoint: string;
  /** Headers for the collector; they may hold its credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string | undefined;
  readonly sampler: Variables['OTEL_TRACES_SAMPLER'];
  /** Share of traces that the ratio samplers keep, 0 to 1. */
  readonly ratio: number;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

/** Returns undefined where no collector is configured: then nothing is traced. */
export function tracingConfig(v: Variables): TracingConfig | undefined {
  if (v.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined;
  return {
    endpoint: v.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: v.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: v.OTEL_SERVICE_NAME,
    sampler: v.OTEL_TRACES_SAMPLER,
    ratio: v.OTEL_TRACES_SAMPLER_ARG,
    resourceAttributes: v.OTEL_RESOURCE_ATTRIBUTES,
  };
}
