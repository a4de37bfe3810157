import { Module } from '@nestjs/common';
import { SealsModule } from '../../transparency-log/sequencing/seals.module.js';
import { WatchModule } from '../access-log/access-log.module.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidenceService } from './evidence.service.js';

@Module({ imports: [SealsModule, WatchModule], controllers: [EvidenceController], providers: [EvidenceService] })
export class EvidenceModule {}
