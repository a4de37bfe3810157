import { Module } from '@nestjs/common';
import { SealsModule } from '../seals/seals.module.js';
import { WatchModule } from '../watch/watch.module.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidenceService } from './evidence.service.js';

@Module({ imports: [SealsModule, WatchModule], controllers: [EvidenceController], providers: [EvidenceService] })
export class EvidenceModule {}
