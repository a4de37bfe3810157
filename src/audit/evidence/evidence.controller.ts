import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can } from '../../core/authorization/can.decorator.js';
import { Me, type Actor } from '../../core/authorization/actor.js';
import { Documents } from '../../core/http/api-docs.decorators.js';
import { EvidenceFilter } from './evidence.dto.js';
import { EvidenceProblem, EvidenceService, provableEntries } from './evidence.service.js';

@ApiTags('audit')
@Controller('audit/evidence')
export class EvidenceController {
  constructor(private readonly evidence: EvidenceService) {}

  @Get()
  @Can(provableEntries)
  @Documents({
    summary: 'Take evidence',
    description:
      'A zip, streamed: entries with proofs that they are sealed in the audit trail, signed checkpoints, keys, a printable report ' +
      'and a verifier that needs nothing but Node: `node verify.mjs`. Its README.txt says what it proves. Taking it is an audit entry.',
    answerDescription: 'The bundle',
    file: 'application/zip',
    refuses: [EvidenceProblem.not_sealed_yet],
  })
  take(@Me() me: Actor, @Query() filter: EvidenceFilter): Promise<StreamableFile> {
    return this.evidence.take(me, filter);
  }
}
