import { Injectable } from '@nestjs/common';
import { Events } from '../../core/persistence/domain-events.js';
import { Notices } from '../../infrastructure/database/pg-notify.js';
import { SessionsQueries, type Ended } from '../../auth/sessions/sessions.queries.js';

const CHANNEL = 'ctms_sessions_ended';

/** Hears of sessions that end, on whatever replica. */
@Injectable()
export class LiveSessions {
  private readonly listeners: ((ended: Ended) => void)[] = [];

  constructor(
    private readonly queries: SessionsQueries,
    notices: Notices,
    events: Events,
  ) {
    // Here at once, elsewhere by word.
    events.on('session.ended', ({ sessionId, reason }) => {
      this.tell({ id: sessionId, reason });
      notices.say(CHANNEL, `${sessionId}:${reason}`);
    });
    notices.on(CHANNEL, (items) => items.forEach((item) => this.tell(endedIn(item))));
  }

  onEnd(listener: (ended: Ended) => void): void {
    this.listeners.push(listener);
  }

  /** Those of the sessions that have ended, for words that were lost. */
  endedOf(sessionIds: readonly number[]): Promise<Ended[]> {
    return sessionIds.length > 0 ? this.queries.ended(sessionIds) : Promise.resolve([]);
  }

  private tell(ended: Ended): void {
    this.listeners.forEach((listener) => listener(ended));
  }
}

function endedIn(item: string): Ended {
  const [id, reason = ''] = item.split(':');
  return { id: Number(id), reason };
}
