import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { User } from '../../users/user.entity.js';
import { Session } from '../sessions/session.entity.js';
import { type Recipient } from './security-alert.templates.js';

/** A session as an alert describes it. */
export type AlertedSession = Pick<Session, 'userId' | 'ipAddress' | 'userAgent'>;

/** Reads recipients and sessions when an alert is rendered. */
@Injectable()
export class SecurityAlertsRepository {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
  ) {}

  findSession(id: number): Promise<AlertedSession | null> {
    return this.sessions.findOne({ select: { userId: true, ipAddress: true, userAgent: true }, where: { id } });
  }

  findRecipient(userId: number): Promise<Recipient | null> {
    return this.users.findOne({ select: { username: true, email: true, timeZone: true }, where: { id: userId } });
  }
}
