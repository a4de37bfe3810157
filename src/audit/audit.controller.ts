import { Controller, Get, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { streamNdjson, type PreserializedJson } from '../core/http/streamed-response.js';
import { streamCsv } from '../core/http/csv.js';
import { ApiRoute, PAGE_HEADERS } from '../core/http/api-docs.decorators.js';
import { sendList } from '../core/http/list-response.js';
import { CoreProblem, validationError } from '../core/http/problem.js';
import { spanned } from '../core/http/span.js';
import { ReadAccessRecorder } from './access-log/read-access.recorder.js';
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
    private readonly readAccess: ReadAccessRecorder,
  ) {}

  @Get('entries')
  @Can(readableEntries)
  @ApiRoute({
    summary: 'Read the audit trail',
    description:
      'Who changed what, when and why, newest first, each with a sentence: the whole trail or, with `limit`, a page of it. ' +
      'Managers read what concerns tasks and tags. Reading leaves an entry of its own, which is not yet in the answer.',
    response: [EntryView],
    headers: PAGE_HEADERS,
    errors: [CoreProblem.invalid_cursor],
  })
  entries(
    @CurrentUser() actor: Actor,
    @Query() query: EntryPage,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PreserializedJson<EntryView[]> | StreamableFile> {
    const filter = spanned(actor, query, 'from', 'to');
    const list = {
      count: () => this.queries.countEntries(actor, filter),
      page: (limit: number) => this.queries.entries(actor, filter, limit),
      stream: () => this.queries.allEntries(actor, filter),
    };
    return sendList(request, reply, query, this.readAccess.auditedList(actor, request, list));
  }

  @Get('entries/export')
  @Can(readableEntries)
  @ApiRoute({
    summary: 'Export the audit trail',
    description: 'NDJSON, or CSV with `format=csv`; oldest first, streamed. The last entry may be that of this export.',
    text: EXPORT,
  })
  async exportEntries(
    @CurrentUser() actor: Actor,
    @Query() query: EntryExport,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    assertBomFits(query);
    const filter = spanned(actor, query, 'from', 'to');
    await this.readAccess.record(actor, 'audit.exported', request);
    return exported(ENTRY_FIELDS, this.queries.entryRows(actor, filter), query);
  }

  @Get('requests')
  @Can(readableRequests)
  @ApiRoute({
    summary: 'Read the request log',
    description:
      'Every request of the API, newest first, with masked bodies: the whole log or, with `limit`, a page of it. ' +
      'Reading leaves an entry in the trail.',
    response: [RequestView],
    headers: PAGE_HEADERS,
    errors: [CoreProblem.invalid_cursor],
  })
  requests(
    @CurrentUser() actor: Actor,
    @Query() query: RequestPage,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PreserializedJson<RequestView[]> | StreamableFile> {
    const filter = spanned(actor, query, 'from', 'to');
    const list = {
      count: () => this.queries.countRequests(actor, filter),
      page: (limit: number) => this.queries.requests(actor, filter, limit),
      stream: () => this.queries.allRequests(actor, filter),
    };
    return sendList(request, reply, query, this.readAccess.auditedList(actor, request, list));
  }

  @Get('requests/export')
  @Can(readableRequests)
  @ApiRoute({
    summary: 'Export the request log',
    description: 'NDJSON, or CSV with `format=csv`; oldest first, streamed. Recorded in the audit trail.',
    text: EXPORT,
  })
  async exportRequests(
    @CurrentUser() actor: Actor,
    @Query() query: RequestExport,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    assertBomFits(query);
    const filter = spanned(actor, query, 'from', 'to');
    await this.readAccess.record(actor, 'audit.exported', request);
    return exported(REQUEST_FIELDS, this.queries.requestRows(actor, filter), query);
  }
}

type Export = EntryExport | RequestExport;

/** @throws Problem 422 where a byte order mark is asked for that the format has not */
function assertBomFits({ format, bom }: Export): void {
  if (!bom || format === 'csv') return;
  throw validationError([{ field: 'bom', code: 'needs_csv', message: 'bom=true needs format=csv' }]);
}

function exported(
  columns: readonly string[],
  rows: AsyncGenerator<Record<string, unknown>[]>,
  query: Export,
): Promise<StreamableFile> {
  return query.format === 'csv' ? streamCsv(columns, rows, query) : streamNdjson(rows);
}
