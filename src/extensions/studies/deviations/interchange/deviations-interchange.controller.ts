import { Controller, Get, Header, HttpCode, Post, type StreamableFile } from '@nestjs/common';
import { ReadOperation } from '../../../../audit/access-log/read-operation.decorator.js';
import { CurrentUser, type Actor } from '../../../../core/authorization/actor.js';
import { Can } from '../../../../core/authorization/can.decorator.js';
import { ApiArea, ApiRoute } from '../../../../core/http/api-docs.decorators.js';
import { CsvQuery } from '../../../../core/http/csv.dto.js';
import { Query } from '../../../../core/http/input.decorators.js';
import { IdParam } from '../../../../core/http/param.decorators.js';
import { StreamsBody, StreamedBody, type BodyStream } from '../../../../core/http/streamed-body.decorators.js';
import { STUDIES_AREA, WRITE_ERRORS } from '../../records/api.js';
import { reportableStudies, visibleStudies } from '../../study.policy.js';
import { StudyProblem } from '../../studies.problems.js';
import { DeviationImportQuery, DeviationImportReport } from './deviation-import.dto.js';
import { DeviationImportService } from './deviation-import.service.js';
import { DeviationsExportService } from './deviations-export.service.js';
import { readDvCsv } from './dv-csv.reader.js';

const EXAMPLE = `STUDYID,DOMAIN,USUBJID,SITEID,DVSEQ,DVSPID,DVTERM,DVDECOD,DVCAT,EPOCH,DVSTDTC,DVENDTC
CT-2041,DV,CT-2041-104-007,104,1,PD-0012,Visit 3 took place nine days after its window,VISIT OUT OF WINDOW,VISIT,TREATMENT,2026-10-12,2026-10-21
`;
const BODY = {
  required: true,
  schema: { type: 'string' as const, example: EXAMPLE },
  description: 'The columns of the export, in any order; STUDYID, USUBJID, DVTERM and DVSTDTC are required.',
};

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:study_id/deviations')
export class DeviationsInterchangeController {
  constructor(
    private readonly exports: DeviationsExportService,
    private readonly imports: DeviationImportService,
  ) {}

  @Get('export.csv')
  @Can(visibleStudies)
  @Header('Content-Disposition', 'attachment; filename="dv.csv"')
  @ApiRoute({
    summary: 'Export protocol deviations as SDTM DV',
    description:
      'The domain DV as CSV, streamed; RFC 4180, UTF-8. What the domain has no variable for stands in columns `SUPPDV.…`, named ' +
      'by the fields of a deviation. A cell that a spreadsheet would compute begins with an apostrophe. Recorded in the audit trail.',
    text: ['text/csv'],
    errors: [StudyProblem.study_not_found],
  })
  export(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() query: CsvQuery,
    @ReadOperation() read: ReadOperation,
  ): Promise<StreamableFile> {
    return this.exports.export(actor, studyId, query, read);
  }

  @Post('import')
  @HttpCode(200)
  @Can(reportableStudies)
  @StreamsBody({ mediaTypes: ['text/csv'], maxBytes: 16 * 1024 * 1024 }, BODY)
  @ApiRoute({
    summary: 'Import protocol deviations from SDTM DV',
    description:
      'Up to 10,000 rows of the domain DV as CSV. A row is the deviation with its DVSPID or, without one, with its USUBJID and DVSEQ; ' +
      'importing a file again changes nothing. What a person changed since the last import stays and is reported as a conflict. ' +
      'Rows that cannot be imported are rejected, the others are imported. `dry_run=true` does all of it and rolls it back.',
    response: DeviationImportReport,
    errors: [...WRITE_ERRORS, StudyProblem.invalid_csv, StudyProblem.deviation_exists],
  })
  async import(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() { dry_run: dryRun = false }: DeviationImportQuery,
    @StreamedBody() body: BodyStream,
  ): Promise<DeviationImportReport> {
    await this.imports.assertImportable(actor, studyId);
    return this.imports.import(actor, studyId, await readDvCsv(body.parts()), dryRun);
  }
}
