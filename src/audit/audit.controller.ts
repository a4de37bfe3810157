import { Controller, Get, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can } from '../core/access.js';
import { Me, type Actor } from '../core/actor.js';
import { ndjsonStream, type JsonText } from '../core/answer.js';
import { csvStream } from '../core/csv.js';
import { Documents } from '../core/docs.js';
import { answerPage } from '../core/list.js';
import { CoreProblem } from '../core/problem.js';
import { Disclosures } from '../watch/disclosures.js';
import { EntryExport, EntryPage, EntryView, RequestExport, RequestPage, RequestView } from './audit.dto.js';
import { readableEntries, readableRequests } from './audit.policy.js';
import { AuditQueries, ENTRY_FIELDS, REQUEST_FIELDS } from './audit.queries.js';

const LINK = {
  Link: { description: '`<…>; rel="next"`, unless this is the last page', schema: { type: 'string' as const } },
};
const EXPORT = ['application/x-ndjson', 'text/csv'];

/** Reading only: there is no way here to change or delete what was recorded. */
@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly queries: AuditQueries,
    private readonly disclosures: Disclosures,
  ) {}

  @Get('entries')
  @Can(readableEntries)
  @Documents({
    summary: 'Read the audit trail',
    description:
      'Who changed what, when and why, newest first, each with a sentence. Managers read what concerns tasks and tags. Reading leaves an entry of its own.',
    answer: [EntryView],
    headers: LINK,
    refuses: [CoreProblem.invalid_cursor],
  })
  async entries(
    @Me() me: Actor,
    @Query() filter: EntryPage,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<EntryView[]>> {
    const page = await this.queries.entries(me, filter);
    await this.disclosures.record(me, 'audit.read', request);
    return answerPage(request, reply, page);
  }

  @Get('entries/export')
  @Can(readableEntries)
  @Documents({
    summary: 'Export the audit trail',
    description: 'NDJSON, or CSV with `format=csv`; oldest first, streamed. The last entry may be that of this export.',
    text: EXPORT,
  })
  async exportEntries(
    @Me() me: Actor,
    @Query() filter: EntryExport,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    await this.disclosures.record(me, 'audit.exported', request);
    const rows = this.queries.entryRows(me, filter);
    return filter.format === 'csv' ? csvStream(ENTRY_FIELDS, rows) : ndjsonStream(rows);
  }

  @Get('requests')
  @Can(readableRequests)
  @Documents({
    summary: 'Read the request log',
    description: 'Every request of the API, newest first, with masked bodies. Reading leaves an entry in the trail.',
    answer: [RequestView],
    headers: LINK,
    refuses: [CoreProblem.invalid_cursor],
  })
  async requests(
    @Me() me: Actor,
    @Query() filter: RequestPage,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<RequestView[]>> {
    const page = await this.queries.requests(me, filter);
    await this.disclosures.record(me, 'audit.read', request);
    return answerPage(request, reply, page);
  }

  @Get('requests/export')
  @Can(readableRequests)
  @Documents({
    summary: 'Export the request log',
    description: 'NDJSON, or CSV with `format=csv`; oldest first, streamed. Recorded in the audit trail.',
    text: EXPORT,
  })
  async exportRequests(
    @Me() me: Actor,
    @Query() filter: RequestExport,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    await this.disclosures.record(me, 'audit.exported', request);
    const rows = this.queries.requestRows(me, filter);
    return filter.format === 'csv' ? csvStream(REQUEST_FIELDS, rows) : ndjsonStream(rows);
  }
}
