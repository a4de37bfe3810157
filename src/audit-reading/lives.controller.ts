import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { readableEntries } from '../audit/audit.policy.js';
import { Can } from '../core/access.js';
import { Me, type Actor } from '../core/actor.js';
import { JsonText } from '../core/answer.js';
import { Documents } from '../core/docs.js';
import { CursorQuery } from '../core/page.dto.js';
import { linkNext } from '../core/page.js';
import { Id } from '../core/params.js';
import { CoreProblem, problems } from '../core/problem.js';
import { Disclosures } from '../watch/disclosures.js';
import { LifeView } from './lives.dto.js';
import { LivesQueries } from './lives.queries.js';

export const LifeProblem = problems({
  no_entries: [404, 'The audit trail knows nothing of this record'],
});

const LINK = {
  Link: { description: '`<…>; rel="next"`, unless this is the last page', schema: { type: 'string' as const } },
};

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
    headers: LINK,
    refuses: [LifeProblem.no_entries, CoreProblem.invalid_cursor],
  })
  async life(
    @Me() me: Actor,
    @Param('type') type: string,
    @Id() id: number,
    @Query() page: CursorQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<LifeView>> {
    const life = await this.queries.life(me, type, id, page);
    if (!life) throw LifeProblem.no_entries(`The audit trail knows nothing of this record (id ${id})`);
    await this.disclosures.record(me, 'audit.read', request);
    if (life.next) linkNext(request, reply, life.next);
    return new JsonText(life.json);
  }
}
