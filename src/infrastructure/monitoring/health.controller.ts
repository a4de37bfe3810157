import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Config } from '../../core/config/config.js';
import { Public } from '../../core/authorization/can.decorator.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { CoreProblem, problems } from '../../core/http/problem.js';
import { Writability } from '../../core/persistence/writability.js';
import { mayReadMetrics } from './metrics.server.js';
import { Metrics } from './metrics.js';
import { Health, Readiness, Standing, Welcome } from './health.dto.js';
import { SchemaStateService, type SchemaState } from './schema-state.service.js';

const HealthProblem = problems({ not_ready: [503, 'Not ready to serve'] });

@ApiTags('service')
@Controller()
export class HealthController {
  constructor(
    private readonly config: Config,
    private readonly schema: SchemaStateService,
    private readonly metrics: Metrics,
    private readonly writability: Writability,
  ) {}

  @Get()
  @Public()
  @ApiRoute({ summary: 'Get the entry points', response: Welcome })
  @ApiResponse({ status: 303, description: 'Redirects browsers to Swagger UI' })
  welcome(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Welcome | undefined {
    const docs = this.config.docsEnabled ? '/docs' : '';
    void reply.header('Vary', 'Accept');
    if (docs && accept?.includes('text/html')) {
      void reply.status(303).header('Location', docs);
      return undefined;
    }
    return { message: `Welcome to ${this.config.appName}`, docs, health: '/health' };
  }

  @Get('health')
  @Public()
  @ApiRoute({ summary: 'Get name and version', response: Health })
  health(): Health {
    const { appName, appVersion, environment } = this.config;
    return { status: 'healthy', app: appName, version: appVersion, environment };
  }

  @Get('health/live')
  @Public()
  @ApiRoute({ summary: 'Check that the process is alive', response: Standing })
  live(): Standing {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Public()
  @ApiRoute({
    summary: 'Check that the server is ready',
    description:
      'The database answers and has every migration of this release. Migrations that this release does not know, those of ' +
      'a newer one for instance, are named and do not keep it from serving. `read_only`: reads are served, writes get 503.',
    response: Readiness,
    errors: [HealthProblem.not_ready],
  })
  async ready(): Promise<Readiness> {
    const wait = { 'Retry-After': '5' };
    const state = await this.schema.read().catch(() => undefined);
    if (!state) throw HealthProblem.not_ready('The database does not answer', { headers: wait });
    const { missing, unknown } = state;
    const known = { ...(unknown.length > 0 && { unknown_migrations: [...unknown] }) };
    if (missing.length > 0)
      throw HealthProblem.not_ready(describeMissing(state), { headers: wait, missing_migrations: missing, ...known });
    // Still 200: an orchestrator that took out every replica would take away the reads as well.
    if (state.readOnly || this.writability.refused)
      return { status: 'read_only', detail: 'The database can be read but not written', ...known };
    return { status: 'ok', ...known };
  }

  @Get('metrics')
  @Public()
  @ApiExcludeEndpoint()
  async readMetrics(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (this.config.metricsPort !== undefined) throw CoreProblem.not_found();
    if (!mayReadMetrics(this.config, authorization)) throw CoreProblem.unauthenticated('The metrics need a token');
    void reply.type(this.metrics.registry.contentType);
    return this.metrics.text();
  }
}

function describeMissing({ missing, unknown }: SchemaState): string {
  const beside = unknown.length > 0 ? `; run, but not known to this release: ${unknown.join(', ')}` : '';
  return `${missing.length} migration(s) have not been run: ${missing.join(', ')}${beside}`;
}
