import { Module } from '@nestjs/common';
import { SecurityAlerts } from './security-alerts.service.js';

@Module({ providers: [SecurityAlerts] })
export class SecurityAlertsModule {}
