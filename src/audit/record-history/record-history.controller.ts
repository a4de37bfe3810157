import { Controller, Get, Param } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Query } from '../../core/http/input.decorators.js';
import { readableEntries } from '../audit.policy.js';
import { Can } from '../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { ListResponse } from '../../core/http/list-response.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { IdParam } from '../../core/http/param.decorators.js';
import { isPgText } from '../../core/http/json-body.parser.js';
import { problems } from '../../core/http/problem.js';
import { ReadAccessRecorder } from '../access-log/read-access.recorder.js';
import { ReadOperation } from '../access-log/read-operation.decorator.js';
import { LifeView } from './record-history.dto.js';
import { RecordHistoryQueries } from './record-history.queries.js';

const RecordHistoryProblem = problems({
  no_entries: [404, 'The audit trail knows nothing of this record'],
});

@ApiTags('audit')
@Controller('audit/entities')
export class RecordHistoryController {
  constructor(
    private readonly queries: RecordHistoryQueries,
    private readonly readAccess: ReadAccessRecorder,
  ) {}

  @Get(':type/:id')
  @Can(readableEntries)
  @ApiParam({ name: 'type', example: 'task' })
  @ApiRoute({
    operationId: 'lives_life',
    summary: 'Get the history of a record',
    description:
      'From its first entry to its last, oldest first, whether or not it still exists, with its state according to the trail. Managers read tasks and tags.',
    response: LifeView,
    paged: true,
    errors: [RecordHistoryProblem.no_entries],
  })
  async history(
    @CurrentUser() actor: Actor,
    @Param('type') type: string,
    @IdParam() id: number,
    @Query() query: PageQuery,
    @ReadOperation() read: ReadOperation,
  ): Promise<ListResponse<LifeView>> {
    // No entity has such a name, and PostgreSQL would reject the text.
    if (!isPgText(type))
      throw RecordHistoryProblem.no_entries(`The audit trail knows nothing of this record (id ${id})`);
    const record = { type, id };
    const life = await this.queries.historyOrThrow(actor, record);
    if (!life) throw RecordHistoryProblem.no_entries(`The audit trail knows nothing of this record (id ${id})`);
    const entries = this.readAccess.auditedList(actor, read, {
      count: () => Promise.resolve(life.entries),
      page: (limit, gone) => this.queries.page(actor, record, life.last, query, { limit, gone }),
      stream: () => this.queries.all(actor, record, life.last, query),
    });
    return new ListResponse(query, entries, [`${life.json.slice(0, -1)}, "entries" : `, '}']);
  }
}
