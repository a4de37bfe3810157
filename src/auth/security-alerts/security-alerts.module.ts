import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { User } from '../../users/user.entity.js';
import { Session } from '../sessions/session.entity.js';
import { SecurityAlertsRepository } from './security-alerts.repository.js';
import { SecurityAlerts } from './security-alerts.service.js';

@Module({ imports: [TypeOrmModule.forFeature([User, Session])], providers: [SecurityAlerts, SecurityAlertsRepository] })
export class SecurityAlertsModule {}
