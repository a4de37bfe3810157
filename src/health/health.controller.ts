import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Public } from '../core/access.js';
import { Documents } from '../core/docs.js';
import { problems } from '../core/problem.js';
import { Database } from '../database/database.js';
import { Metrics } from '../metrics/metrics.js';
import { Health, Standing, Welcome } from './health.dto.js';

export const HealthProblem = problems({ not_ready: [503, 'Not ready to serve'] });

@ApiTags('service')
@Controller()
export class HealthController {
  constructor(
    private readonly config: Config,
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  @Get()
  @Public()
  @Documents({ summary: 'Where to start', answer: Welcome })
  welcome(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Welcome {
    void reply.header('Vary', 'Accept');
    // A person with a browser wants something to look at.
    if (accept?.includes('text/html')) void reply.status(303).header('Location', '/docs');
    return { message: `Welcome to ${this.config.appName}`, docs: '/docs', health: '/health' };
  }

  @Get('health')
  @Public()
  @Documents({ summary: 'What is running here', answer: Health })
  health(): Health {
    const { appName, appVersion, environment } = this.config;
    return { status: 'healthy', app: appName, version: appVersion, environment };
  }

  @Get('health/live')
  @Public()
  @Documents({ summary: 'Whether the process is alive', answer: Standing })
  live(): Standing {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Public()
  @Documents({
    summary: 'Whether it can serve',
    description: 'The database answers and has every migration.',
    answer: Standing,
    refuses: [HealthProblem.not_ready],
  })
  async ready(): Promise<Standing> {
    const wanted = this.source.migrations.length;
    const answer = await this.database
      .row<{ done: number }>(sql`SELECT count(*)::int AS done FROM migrations`)
      .catch(() => undefined);
    const wait = { headers: { 'Retry-After': '5' } };
    if (!answer) throw HealthProblem.not_ready('The database does not answer', wait);
    if (answer.done < wanted)
      throw HealthProblem.not_ready(`${wanted - answer.done} migration(s) have not been run`, wait);
    return { status: 'ok' };
  }

  @Get('metrics')
  @Public()
  @ApiExcludeEndpoint()
  async readMetrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.registry.contentType);
    return this.metrics.text();
  }
}
