import { Controller, Get, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Query } from '../core/http/input.decorators.js';
import { Can } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { streamNdjson } from '../core/http/streamed-response.js';
import { streamCsv } from '../core/http/csv.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { ListResponse } from '../core/http/list-response.js';
import { validationError } from '../core/http/problem.js';
import { spanned } from '../core/http/span.js';
import { ReadAccessRecorder } from './access-log/read-access.recorder.js';
import { ReadOperation } from './access-log/read-operation.decorator.js';
import { EntryExport, EntryPage, EntryView, RequestExport, RequestPage, RequestView } from './audit.dto.js';
import { readableEntries, readableRequests } from './audit.policy.js';
import { AuditQueries, ENTRY_FIELDS, REQUEST_FIELDS } from './audit.queries.js';

const EXPORT = ['application/x-ndjson', 'text/csv'];

/** Read-only routes of audit trail and request log. */
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
      'Changes with author, time and reason, newest first, each with a sentence: the whole trail or, with `limit`, a page of it. ' +
      'Managers read what concerns tasks and tags. Reading leaves an entry of its own, which is not yet in the answer.',
    response: [EntryView],
    paged: true,
  })
  entries(
    @CurrentUser() actor: Actor,
    @Query() query: EntryPage,
    @ReadOperation() read: ReadOperation,
  ): ListResponse<EntryView[]> {
    const list = this.queries.entryList(actor, query);
    return new ListResponse(query, this.readAccess.auditedList(actor, read, list));
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
    @ReadOperation() read: ReadOperation,
  ): Promise<StreamableFile> {
    assertBomFits(query);
    const filter = spanned(actor, query, 'from', 'to');
    await this.readAccess.record(actor, 'audit.exported', read);
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
    paged: true,
  })
  requests(
    @CurrentUser() actor: Actor,
    @Query() query: RequestPage,
    @ReadOperation() read: ReadOperation,
  ): ListResponse<RequestView[]> {
    const list = this.queries.requestList(actor, query);
    return new ListResponse(query, this.readAccess.auditedList(actor, read, list));
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
    @ReadOperation() read: ReadOperation,
  ): Promise<StreamableFile> {
    assertBomFits(query);
    const filter = spanned(actor, query, 'from', 'to');
    await this.readAccess.record(actor, 'audit.exported', read);
    return exported(REQUEST_FIELDS, this.queries.requestRows(actor, filter), query);
  }
}

type Export = EntryExport | RequestExport;

/** @throws Problem 422 where a byte order mark is requested for a format without one */
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
