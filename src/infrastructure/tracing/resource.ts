import { randomUUID } from 'node:crypto';
import cluster from 'node:cluster';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { type Config } from '../../core/config/config.js';
import { type TracingConfig } from '../../core/config/tracing-config.js';

/** Describes this process; configured attributes win over its own, and the configured name over both. */
export function resourceOf(config: Config, { serviceName, resourceAttributes }: TracingConfig): Resource {
  return resourceFromAttributes({
    'service.name': config.appName,
    'service.version': config.appVersion,
    'service.instance.id': randomUUID(),
    'deployment.environment.name': config.environment,
    'process.pid': process.pid,
    ...(cluster.worker && { 'ctms.worker': cluster.worker.id }),
    ...resourceAttributes,
    ...(serviceName !== undefined && { 'service.name': serviceName }),
  });
}

/** Returns the sampler of `OTEL_TRACES_SAMPLER`. */
export function samplerOf({ sampler, ratio }: TracingConfig): Sampler {
  const root = rootSamplerOf(sampler.replace('parentbased_', ''), ratio);
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

function rootSamplerOf(name: string, ratio: number): Sampler {
  if (name === 'always_on') return new AlwaysOnSampler();
  if (name === 'always_off') return new AlwaysOffSampler();
  return new TraceIdRatioBasedSampler(ratio);
}
