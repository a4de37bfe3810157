import { Controller, Get, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can } from '../core/authorization/can.decorator.js';
import { Me, type Actor } from '../core/authorization/actor.js';
import { ndjsonStream, type JsonText } from '../core/http/streamed-response.js';
import { csvStream } from '../core/http/csv.js';
import { Documents, PAGE_HEADERS } from '../core/http/api-docs.decorators.js';
import { answerList } from '../core/http/list-response.js';
import { CoreProblem, invalid } from '../core/http/problem.js';
import { spanned } from '../core/http/span.js';
import { Disclosures } from './access-log/read-access.recorder.js';
import { EntryExport, EntryPage, EntryView, RequestExport, RequestPage, RequestView } from './audit.dto.js';
import { readableEntries, readableRequests } from './audit.policy.js';
import { AuditQueries, ENTRY_FIELDS, REQUEST_FIELDS } from './audit.queries.js';

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
      'Who changed what, when and why, newest first, each with a sentence: the whole trail or, with `limit`, a page of it. ' +
      'Managers read what concerns tasks and tags. Reading leaves an entry of its own, which is not yet in the answer.',
    answer: [EntryView],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  entries(
    @Me() me: Actor,
    @Query() query: EntryPage,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<EntryView[]> | StreamableFile> {
    const filter = spanned(me, query, 'from', 'to');
    const list = {
      count: () => this.queries.countEntries(me, filter),
      page: (limit: number) => this.queries.entries(me, filter, limit),
      all: () => this.queries.allEntries(me, filter),
    };
    return answerList(request, reply, query, this.disclosures.listing(me, request, list));
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
    @Query() query: EntryExport,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    assertBomFits(query);
    const filter = spanned(me, query, 'from', 'to');
    await this.disclosures.record(me, 'audit.exported', request);
    return exported(ENTRY_FIELDS, this.queries.entryRows(me, filter), query);
  }

  @Get('requests')
  @Can(readableRequests)
  @Documents({
    summary: 'Read the request log',
    description:
      'Every request of the API, newest first, with masked bodies: the whole log or, with `limit`, a page of it. ' +
      'Reading leaves an entry in the trail.',
    answer: [RequestView],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  requests(
    @Me() me: Actor,
    @Query() query: RequestPage,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<RequestView[]> | StreamableFile> {
    const filter = spanned(me, query, 'from', 'to');
    const list = {
      count: () => this.queries.countRequests(me, filter),
      page: (limit: number) => this.queries.requests(me, filter, limit),
      all: () => this.queries.allRequests(me, filter),
    };
    return answerList(request, reply, query, this.disclosures.listing(me, request, list));
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
    @Query() query: RequestExport,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    assertBomFits(query);
    const filter = spanned(me, query, 'from', 'to');
    await this.disclosures.record(me, 'audit.exported', request);
    return exported(REQUEST_FIELDS, this.queries.requestRows(me, filter), query);
  }
}

type Export = EntryExport | RequestExport;

/** @throws Problem 422 where a byte order mark is asked for that the format has not */
function assertBomFits({ format, bom }: Export): void {
  if (!bom || format === 'csv') return;
  throw invalid([{ field: 'bom', code: 'needs_csv', message: 'bom=true needs format=csv' }]);
}

function exported(
  columns: readonly string[],
  rows: AsyncGenerator<Record<string, unknown>[]>,
  query: Export,
): Promise<StreamableFile> {
  return query.format === 'csv' ? csvStream(columns, rows, query) : ndjsonStream(rows);
}
