import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { SchemaStateService } from './schema-state.service.js';

@Module({ controllers: [HealthController], providers: [SchemaStateService] })
export class HealthModule {}
