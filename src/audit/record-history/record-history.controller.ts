import { Controller, Get, Param, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { readableEntries } from '../audit.policy.js';
import { Can } from '../../core/authorization/can.decorator.js';
import { Me, type Actor } from '../../core/authorization/actor.js';
import { type JsonText } from '../../core/http/streamed-response.js';
import { Documents, PAGE_HEADERS } from '../../core/http/api-docs.decorators.js';
import { answerFramed } from '../../core/http/list-response.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { Id } from '../../core/http/param.decorators.js';
import { storable } from '../../core/http/json-body.parser.js';
import { CoreProblem, problems } from '../../core/http/problem.js';
import { Disclosures } from '../access-log/read-access.recorder.js';
import { LifeView } from './record-history.dto.js';
import { LivesQueries } from './record-history.queries.js';

export const LifeProblem = problems({
  no_entries: [404, 'The audit trail knows nothing of this record'],
});

@ApiTags('audit')
@Controller('audit/entities')
export class LivesController {
  constructor(
    private readonly queries: LivesQueries,
    private readonly disclosures: Disclosures,
  ) {}

  @Get(':type/:id')
  @Can(readableEntries)
  @ApiParam({ name: 'type', example: 'task' })
  @Documents({
    summary: 'Read the life of one record',
    description:
      'From its first entry to its last, oldest first, whether or not it still exists, with its state as the trail tells it. Managers read tasks and tags.',
    answer: LifeView,
    headers: PAGE_HEADERS,
    refuses: [LifeProblem.no_entries, CoreProblem.invalid_cursor],
  })
  async life(
    @Me() me: Actor,
    @Param('type') type: string,
    @Id() id: number,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<LifeView> | StreamableFile> {
    // No entity has such a name, and PostgreSQL could not even look for it.
    if (!storable(type)) throw LifeProblem.no_entries(`The audit trail knows nothing of this record (id ${id})`);
    const record = { type, id };
    const life = await this.queries.life(me, record);
    if (!life) throw LifeProblem.no_entries(`The audit trail knows nothing of this record (id ${id})`);
    const entries = this.disclosures.listing(me, request, {
      count: () => Promise.resolve(life.entries),
      page: (limit) => this.queries.page(me, record, query, limit),
      all: () => this.queries.all(me, record, query),
    });
    return answerFramed([`${life.json.slice(0, -1)}, "entries" : `, '}'], request, reply, query, entries);
  }
}
