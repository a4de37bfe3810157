import { Injectable } from '@nestjs/common';
import { type Happening } from '../../core/persistence/event-map.js';
import { Events } from '../../core/persistence/domain-events.js';
import { type Tx } from '../../core/persistence/audited-transaction.js';
import { SessionsService } from './sessions.service.js';

/** Ends all sessions of a user in the transaction that disables the account. */
@Injectable()
export class EndSessionsWhenUserDisabled {
  constructor(
    events: Events,
    private readonly sessions: SessionsService,
  ) {
    events.within((tx, happenings) => this.endSessions(tx, happenings));
  }

  private async endSessions(tx: Tx, happenings: readonly Happening[]): Promise<void> {
    for (const { name, payload } of happenings)
      if (name === 'user.disabled') await this.sessions.endAll(tx, payload.userId, 'user_disabled');
  }
}
