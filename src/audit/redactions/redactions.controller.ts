import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Body, Query } from '../../core/http/input.decorators.js';
import { Can } from '../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { PreserializedJson } from '../../core/http/streamed-response.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { ListResponse } from '../../core/http/list-response.js';
import { IdParam, BigIntIdParam } from '../../core/http/param.decorators.js';
import { ReadAccessRecorder } from '../access-log/read-access.recorder.js';
import { ReadOperation } from '../access-log/read-operation.decorator.js';
import { decidableRedactions, requestableRedactions } from './redaction.policy.js';
import { NewRedaction, RedactionPage, RedactionView } from './redactions.dto.js';
import { RedactionProblem } from './redactions.problems.js';
import { RedactionsQueries } from './redactions.queries.js';
import { RedactionsService } from './redactions.service.js';

const { own_redaction, redaction_not_found, redaction_decided } = RedactionProblem;
const { not_independent, appointed_recently, redaction_lapsed, redaction_unproven } = RedactionProblem;
const { redaction_key_unknown } = RedactionProblem;

@ApiTags('audit')
@Controller('audit')
export class RedactionsController {
  constructor(
    private readonly redactions: RedactionsService,
    private readonly queries: RedactionsQueries,
    private readonly readAccess: ReadAccessRecorder,
  ) {}

  @Post('entries/:id/redactions')
  @Can(requestableRedactions)
  @ApiParam({ name: 'id', schema: { type: 'integer', format: 'int64', minimum: 1, example: 3_000_000_042 } })
  @ApiRoute({
    summary: 'Request the redaction of an audit entry',
    description:
      'For personal data that was typed by accident. Author, action, time and record always stay; no value is removed before ' +
      'another auditor approves.',
    status: 201,
    response: RedactionView,
    errors: [
      RedactionProblem.entry_not_found,
      RedactionProblem.redaction_pending,
      RedactionProblem.nothing_to_redact,
      RedactionProblem.not_redactable,
    ],
  })
  async request(
    @CurrentUser() actor: Actor,
    @BigIntIdParam() id: string,
    @Body() wanted: NewRedaction,
  ): Promise<PreserializedJson<RedactionView>> {
    return new PreserializedJson(await this.redactions.request(actor, id, wanted));
  }

  @Get('redactions')
  @Can(decidableRedactions)
  @ApiRoute({
    summary: 'List redactions',
    description: 'Newest first. Those that wait for a decision: `status=pending`.',
    response: [RedactionView],
    paged: true,
  })
  page(
    @CurrentUser() actor: Actor,
    @Query() filter: RedactionPage,
    @ReadOperation() read: ReadOperation,
  ): ListResponse<RedactionView[]> {
    const list = this.queries.list(actor, filter);
    return new ListResponse(filter, this.readAccess.auditedList(actor, read, list));
  }

  @Post('redactions/:id/approve')
  @HttpCode(200)
  @Can(decidableRedactions)
  @ApiRoute({
    summary: 'Approve a redaction that another auditor requested',
    description:
      'The values are removed for good: at once, or as soon as the request has been sealed for `REDACTION_DELAY_HOURS`. The entry stays provable, and shows who removed them and why. The approver ' +
      'has not appointed the requester, nor the other way round, nor has one person appointed both, in any number of steps.',
    response: RedactionView,
    errors: [
      own_redaction,
      not_independent,
      appointed_recently,
      redaction_not_found,
      redaction_decided,
      redaction_lapsed,
      redaction_unproven,
      redaction_key_unknown,
    ],
  })
  async approve(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<PreserializedJson<RedactionView>> {
    return new PreserializedJson(await this.redactions.approve(actor, id));
  }

  @Post('redactions/:id/decline')
  @HttpCode(200)
  @Can(decidableRedactions)
  @ApiRoute({
    summary: 'Decline a redaction that another auditor requested',
    description: 'Also one that was approved, as long as the values are there.',
    response: RedactionView,
    errors: [own_redaction, redaction_not_found, redaction_decided],
  })
  async decline(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<PreserializedJson<RedactionView>> {
    return new PreserializedJson(await this.redactions.decline(actor, id));
  }
}
