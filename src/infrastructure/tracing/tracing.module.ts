import { Global, Module } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { Tracing } from './tracing.js';

/** Loads OpenTelemetry only where traces are exported: it costs memory and time at the start. */
async function createTracing(config: Config): Promise<Tracing> {
  if (!config.tracing) return new Tracing();
  const { OpenTelemetryTracing } = await import('./open-telemetry.tracing.js');
  return new OpenTelemetryTracing(config, config.tracing);
}

@Global()
@Module({ providers: [{ provide: Tracing, inject: [Config], useFactory: createTracing }], exports: [Tracing] })
export class TracingModule {}
