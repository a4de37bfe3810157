import { type Registry } from 'prom-client';

/** Metrics of a process, for aggregation. */
export type ProcessMetrics = readonly { readonly type: string }[];

/** Returns metrics as JSON; their types are names, unlike in the library's declarations. */
export const metricsOf = async (registry: Registry): Promise<ProcessMetrics> =>
  (await registry.getMetricsAsJSON()) as unknown as ProcessMetrics;
