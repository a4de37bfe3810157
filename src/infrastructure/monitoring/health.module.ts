import { Module } from '@nestjs/common';
import { RecordedMigrationsRepository } from '../database/recorded-migrations.repository.js';
import { HealthController } from './health.controller.js';
import { SchemaStateService } from './schema-state.service.js';

@Module({ controllers: [HealthController], providers: [SchemaStateService, RecordedMigrationsRepository] })
export class HealthModule {}
