import { Injectable } from '@nestjs/common';
import { EventBus } from '../../core/persistence/domain-events.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { SessionsQueries, type EndedSession } from '../../auth/sessions/sessions.queries.js';

const CHANNEL = 'ctms_sessions_ended';

/** Notifies about sessions that ended on any replica. */
@Injectable()
export class SessionEndSubscriber {
  private readonly listeners: ((ended: EndedSession) => void)[] = [];

  constructor(
    private readonly queries: SessionsQueries,
    notifyBus: PgNotifyBus,
    events: EventBus,
  ) {
    // Local connections at once, those of other replicas by NOTIFY.
    events.afterCommit('session.ended', ({ sessionId, reason }) => {
      this.publishEnded({ id: sessionId, reason });
      notifyBus.publish(CHANNEL, [`${sessionId}:${reason}`]);
    });
    notifyBus.subscribe(CHANNEL, (items) => items.forEach((item) => this.publishEnded(endedIn(item))));
  }

  onEnd(listener: (ended: EndedSession) => void): void {
    this.listeners.push(listener);
  }

  /** Finds the sessions that ended, in case their messages were lost. */
  endedOf(sessionIds: readonly number[]): Promise<EndedSession[]> {
    return sessionIds.length > 0 ? this.queries.findEnded(sessionIds) : Promise.resolve([]);
  }

  private publishEnded(ended: EndedSession): void {
    this.listeners.forEach((listener) => listener(ended));
  }
}

function endedIn(item: string): EndedSession {
  const [id, reason = ''] = item.split(':');
  return { id: Number(id), reason };
}
