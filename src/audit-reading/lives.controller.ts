import { Controller, Get, Param, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { readableEntries } from '../audit/audit.policy.js';
import { Can } from '../core/access.js';
import { Me, type Actor } from '../core/actor.js';
import { type JsonText } from '../core/answer.js';
import { Documents, PAGE_HEADERS } from '../core/docs.js';
import { answerFramed } from '../core/list.js';
import { PageQuery } from '../core/page.dto.js';
import { Id } from '../core/params.js';
import { storable } from '../core/json-body.js';
import { CoreProblem, problems } from '../core/problem.js';
import { Disclosures } from '../watch/disclosures.js';
import { LifeView } from './lives.dto.js';
import { LivesQueries } from './lives.queries.js';

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
