import { Module } from '@nestjs/common';
import { SequencingModule } from '../../transparency-log/sequencing/sequencing.module.js';
import { AccessLogModule } from '../access-log/access-log.module.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidenceService } from './evidence.service.js';

@Module({
  imports: [SequencingModule, AccessLogModule],
  controllers: [EvidenceController],
  providers: [EvidenceService],
})
export class EvidenceModule {}
