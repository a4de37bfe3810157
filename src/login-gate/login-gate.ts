import { Injectable } from '@nestjs/common';
import { type Author } from '../core/actor.js';
import { Change } from '../core/change.js';
import { LoginChallenge, type LoginAttempt } from '../core/login-challenge.js';
import { type Problem } from '../core/problem.js';
import { type Changes, type TrailNote } from '../core/recorded.js';
import { type Tx } from '../core/tx.js';
import { Jobs } from '../jobs/jobs.js';
import { LoginFailures, type Counter } from './login-failures.js';
import { LoginGateProblem } from './login-gate.events.js';

export const FORGET = 'forget-login-failures';

/** What a login brings along besides name and password. */
export interface Credit {
  /** Cookie `device_id`. */
  readonly device: string | undefined;
  /** Header `X-Captcha-Answer`. */
  readonly answer: string | undefined;
}

/** An attempt that was let in. */
export interface Entry {
  readonly attempt: LoginAttempt;
  /** Earned by an answer, which admits this one attempt whatever others do meanwhile. */
  readonly answered: boolean;
}

interface Known {
  readonly id: number;
  readonly username: string;
  readonly version: number;
}

/** Stands before the login: whoever is suspected of guessing passwords answers a question before each attempt. */
@Injectable()
export class LoginGate {
  constructor(
    private readonly change: Change,
    private readonly failures: LoginFailures,
    private readonly challenge: LoginChallenge,
    jobs: Jobs,
  ) {
    jobs.periodic(FORGET, '*/10 * * * *', () => this.forgetOld());
  }

  /** To be asked before a password is verified. @throws Problem 403 `challenge_required` with the question */
  async enter({ origin }: Author, username: string, { device, answer }: Credit): Promise<Entry> {
    const attempt = await this.failures.attemptOf(origin.ip ?? '', username, device);
    if (!(await this.failures.suspects(attempt))) return { attempt, answered: false };
    if (answer !== undefined && (await this.challenge.accepts(attempt, answer))) return { attempt, answered: true };
    throw await this.refusal(attempt);
  }

  /** To be asked once a password was found right. @throws Problem 403 if guesses made at once have closed the gate */
  async pass({ attempt, answered }: Entry): Promise<void> {
    if (!answered && (await this.failures.suspects(attempt))) throw await this.refusal(attempt);
  }

  /** Forgets the failures that a success explains, in its transaction. */
  forget(tx: Tx, { attempt }: Entry): Promise<void> {
    return this.failures.forget(tx, attempt);
  }

  /**
   * Records a failed login. What was typed as a name may be a password, so only names of users are told.
   *
   * @throws Problem 403 if guesses made at once have closed the gate; then nothing is counted, nor told about the password
   */
  async fail(visitor: Author, { attempt, answered }: Entry, user: Known | null): Promise<void> {
    const counted = await this.change.by(visitor, async (tx) => {
      const filled = await this.failures.record(tx, attempt, answered);
      if (filled) notes(user, filled).forEach((note) => tx.record(note));
      return filled !== undefined;
    });
    if (!counted) throw await this.refusal(attempt);
  }

  /** Nothing waits for it, and two replicas at once do no harm. @returns how many rows went */
  private async forgetOld(): Promise<number> {
    return (await this.failures.forgetOld()) + (await this.challenge.forgetOld());
  }

  private async refusal(attempt: LoginAttempt): Promise<Problem> {
    const { captcha, detail } = await this.challenge.pose(attempt);
    return LoginGateProblem.challenge_required(detail, { captcha });
  }
}

/** The failure and, where it is the one from which on questions are put, that: once, however long the attack lasts. */
function notes(user: Known | null, filled: readonly Counter[]): TrailNote[] {
  const entity = {
    ...{ entityType: 'user', entityId: user?.id ?? null, entityVersion: user?.version ?? null },
    entityName: user?.username ?? null,
  };
  const changes: Changes = user ? { username: [user.username, user.username] } : {};
  const failed = { ...entity, action: 'user.login_failed', changes };
  if (filled.length === 0) return [failed];
  const challenged: Changes = { ...changes, challenged: [null, filled.join(', ')] };
  return [failed, { ...entity, action: 'user.login_challenged', changes: challenged }];
}
