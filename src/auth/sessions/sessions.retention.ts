import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { RetentionCleaner } from '../../infrastructure/jobs/retention-cleaner.service.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { Session } from './session.entity.js';

const JOB = 'clean-up-sessions';
const AT_NIGHT = '37 2 * * *';

/** Deletes sessions that ended or expired long ago. */
@Injectable()
export class SessionsRetention {
  constructor(jobs: JobQueue, cleaner: RetentionCleaner) {
    jobs.schedule(JOB, AT_NIGHT, () => cleaner.purge(JOB, Session, over));
  }
}

/** The last one of each user stays: without it, a thief's first login would look like the user's first ever. */
const over = (before: Date): Sql => sql`SELECT s.id FROM user_sessions s
  WHERE least(s.ended_at, s.expires_at) < ${before}
    AND EXISTS (SELECT FROM user_sessions later WHERE later.user_id = s.user_id AND later.id > s.id)`;
