import { type Registry } from 'prom-client';

/** Metrics of a process, for aggregation. */
export type ProcessMetrics = readonly { readonly type: unknown }[];

/** Returns metrics as JSON. */
export const metricsOf = async (registry: Registry): Promise<ProcessMetrics> => await registry.getMetricsAsJSON();
