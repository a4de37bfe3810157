import { Controller, Get, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { CurrentUser, type Actor } from '../../../core/authorization/actor.js';
import { Can } from '../../../core/authorization/can.decorator.js';
import { ApiArea, ApiRoute } from '../../../core/http/api-docs.decorators.js';
import { Query } from '../../../core/http/input.decorators.js';
import { parseJsonDocument } from '../../../core/http/json-document.parser.js';
import { IdParam } from '../../../core/http/param.decorators.js';
import { type PreserializedJson } from '../../../core/http/streamed-response.js';
import { StreamedBody, StreamsBody, type BodyStream } from '../../../core/http/streamed-body.decorators.js';
import { STUDIES_AREA } from '../records/api.js';
import { StudyProblem } from '../studies.problems.js';
import { creatableStudies, visibleStudies } from '../study.policy.js';
import { StudyExportService } from './study-export.service.js';
import { DocumentImportService } from './document-import.service.js';
import { StudyExportQuery, StudyImportQuery, ImportReport } from './interchange.dto.js';
import { formatAccepted, formatNamed, IMPORT_MEDIA_TYPES } from './registry.js';
import { type JsonObject, type StudyFormat } from './study-record.js';

const MIB = 1024 * 1024;
/** A page of a registry's API, or the largest single records with their results. */
const DOCUMENT = { mediaTypes: IMPORT_MEDIA_TYPES, maxBytes: 16 * MIB };
/** Far more than the largest records have. */
const LIMITS = { values: 500_000, members: 10_000 };
const EXAMPLE = {
  protocolSection: {
    identificationModule: {
      nctId: 'NCT05551234',
      orgStudyIdInfo: { id: 'CT-1042-02' },
      briefTitle: 'Tavolixin in Stable Angina',
    },
    statusModule: { overallStatus: 'RECRUITING', startDateStruct: { date: '2026-03', type: 'ACTUAL' } },
    designModule: { studyType: 'INTERVENTIONAL', phases: ['PHASE2'] },
    contactsLocationsModule: { locations: [{ facility: 'Rheinklinik', city: 'Köln', country: 'Germany' }] },
  },
};

const BODY = {
  description: 'Records of a registry',
  required: true,
  schema: { type: 'object', additionalProperties: true, example: EXAMPLE },
};

@ApiArea('studies', STUDIES_AREA)
@Controller('studies')
export class InterchangeController {
  constructor(
    private readonly imports: DocumentImportService,
    private readonly exports: StudyExportService,
  ) {}

  @Post('import')
  @HttpCode(200)
  @Can(creatableStudies)
  @StreamsBody(DOCUMENT, BODY)
  @ApiRoute({
    summary: 'Import studies from a registry',
    description:
      'Takes records of ClinicalTrials.gov API v2: one, a list, or a page of the API (`{"studies": […]}`). ' +
      'ResearchStudy of FHIR R4 or R5, alone or in a Bundle with its Locations and Organizations, is sent as ' +
      '`application/fhir+json`. A study is found by its ' +
      'NCT number, else by the identifier of its sponsor, and created where there is none; you become its project manager. What was ' +
      'changed here since the last import stays and is reported as a conflict. Repeating an import changes nothing.',
    response: ImportReport,
    errors: [StudyProblem.format_not_recognized, StudyProblem.study_exists],
  })
  async import(
    @CurrentUser() actor: Actor,
    @Query() { dry_run = false }: StudyImportQuery,
    @StreamedBody() body: BodyStream,
  ): Promise<ImportReport> {
    const document = await parseJsonDocument(body.parts(), LIMITS);
    return this.imports.import(actor, body.mediaType, document, dry_run);
  }

  @Get(':id/export')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Export a study in the format of a registry',
    description:
      'With the members of its last import in this format that the product does not know. Contacts have no phones and addresses. ' +
      'Without `format`, `Accept` decides: `application/fhir+json` is R4, with `;fhirVersion=5.0` R5.',
    document: IMPORT_MEDIA_TYPES,
    errors: [StudyProblem.study_not_found],
  })
  async export(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Query() { format }: StudyExportQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PreserializedJson<JsonObject>> {
    const writer = format === undefined ? formatAccepted(accept) : (formatNamed(format) as StudyFormat);
    if (format === undefined) void reply.header('Vary', 'Accept');
    return this.exports.export(actor, id, writer);
  }
}
