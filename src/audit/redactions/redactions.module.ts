import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessLogModule } from '../access-log/access-log.module.js';
import { AppointmentsRepository } from './appointments.repository.js';
import { DelayedRedactions } from './delayed-redactions.job.js';
import { LapseRedactions } from './lapse-redactions.handler.js';
import { Redaction } from './redaction.entity.js';
import { RedactionAppliance } from './redaction-appliance.service.js';
import { RedactionPublisher } from './redaction-publisher.service.js';
import { RedactionRepetitionRepository } from './redaction-repetition.repository.js';
import { RedactionRepetition } from './redaction-repetition.service.js';
import { RedactionsController } from './redactions.controller.js';
import { RedactionsQueries } from './redactions.queries.js';
import { RedactionsRepository } from './redactions.repository.js';
import { RedactionsService } from './redactions.service.js';
import { SeparationOfDuties } from './separation-of-duties.policy.js';

@Module({
  imports: [TypeOrmModule.forFeature([Redaction]), AccessLogModule],
  controllers: [RedactionsController],
  providers: [
    RedactionsService,
    RedactionsQueries,
    RedactionsRepository,
    AppointmentsRepository,
    SeparationOfDuties,
    LapseRedactions,
    RedactionAppliance,
    DelayedRedactions,
    RedactionPublisher,
    RedactionRepetition,
    RedactionRepetitionRepository,
  ],
})
export class RedactionsModule {}
