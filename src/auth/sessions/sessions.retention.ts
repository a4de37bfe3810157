import { Injectable } from '@nestjs/common';

import { RetentionCleaner } from '../../infrastructure/jobs/retention-cleaner.service.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { Session } from './session.entity.js';
import { endedSessionIds } from './sessions.repository.js';

const JOB = 'clean-up-sessions';
const AT_NIGHT = '37 2 * * *';

/** Deletes sessions 30 days after they ended or expired. */
@Injectable()
export class SessionsRetention {
  constructor(jobs: JobQueue, cleaner: RetentionCleaner) {
    jobs.schedule(JOB, AT_NIGHT, () => cleaner.purge(JOB, Session, endedSessionIds));
  }
}
