import { Module } from '@nestjs/common';
import { SecurityAlertsRepository } from './security-alerts.repository.js';
import { SecurityAlerts } from './security-alerts.service.js';

@Module({ providers: [SecurityAlerts, SecurityAlertsRepository] })
export class SecurityAlertsModule {}
