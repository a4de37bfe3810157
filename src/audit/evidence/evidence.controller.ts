import { Controller, Get, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Query } from '../../core/http/input.decorators.js';
import { Can } from '../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { EvidenceFilter } from './evidence.dto.js';
import { EvidenceProblem, EvidenceService, provableEntries } from './evidence.service.js';

@ApiTags('audit')
@Controller('audit/evidence')
export class EvidenceController {
  constructor(private readonly evidence: EvidenceService) {}

  @Get()
  @Can(provableEntries)
  @ApiRoute({
    operationId: 'evidence_take',
    summary: 'Export an evidence bundle',
    description:
      'A zip, streamed: entries with proofs that they are sealed in the audit trail, signed checkpoints, keys, a printable report ' +
      'and a verifier that needs nothing but Node: `node verify.mjs`. Its README.txt says what it proves. Taking it is an audit entry.',
    responseDescription: 'The bundle',
    file: 'application/zip',
    errors: [EvidenceProblem.not_sealed_yet],
  })
  export(@CurrentUser() actor: Actor, @Query() filter: EvidenceFilter): Promise<StreamableFile> {
    return this.evidence.export(actor, filter);
  }
}
