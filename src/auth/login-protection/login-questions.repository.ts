import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Clock } from '../../core/clock.js';
import { Database } from '../../infrastructure/database/database.js';

const EXPIRES_AFTER_MS = 10 * 60_000;
const MAX_WRONG_ANSWERS = 3;

export interface LoginQuestion {
  readonly question: string;
  readonly answer: string;
}

/** Stores one question per subject in `login_questions`. Bookkeeping, not audited. */
@Injectable()
export class LoginQuestionsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Finds the last question of a subject; `open` is false where it was answered, expired or answered wrongly too often. */
  findLast(subject: string): Promise<(LoginQuestion & { readonly open: boolean }) | undefined> {
    return this.database.row(sql`SELECT question, answer,
        NOT spent AND wrong_answers < ${MAX_WRONG_ANSWERS} AND expires_at > ${this.clock.now()} AS open
      FROM login_questions WHERE subject = ${subject}`);
  }

  /** Replaces a question that is not open. @returns false where the subject has an open one */
  async replace(subject: string, { question, answer }: LoginQuestion): Promise<boolean> {
    const now = this.clock.now();
    const stored = await this.database.row(sql`INSERT INTO login_questions AS q
        (subject, question, answer, expires_at)
      VALUES (${subject}, ${question}, ${answer}, ${new Date(now.getTime() + EXPIRES_AFTER_MS)})
      ON CONFLICT (subject) DO UPDATE SET question = EXCLUDED.question, answer = EXCLUDED.answer, wrong_answers = 0,
        spent = false, expires_at = EXCLUDED.expires_at
      WHERE q.spent OR q.wrong_answers >= ${MAX_WRONG_ANSWERS} OR q.expires_at <= ${now}
      RETURNING q.question`);
    return stored !== undefined;
  }

  /** Verifies and spends an answer in one statement: of two requests with the same answer, the second finds it spent. */
  async spend(subject: string, answer: string): Promise<boolean> {
    const judged = await this.database.row<{ spent: boolean }>(sql`UPDATE login_questions
      SET spent = (answer = ${answer}), wrong_answers = wrong_answers + (answer <> ${answer})::int
      WHERE subject = ${subject} AND NOT spent AND wrong_answers < ${MAX_WRONG_ANSWERS}
        AND expires_at > ${this.clock.now()}
      RETURNING spent`);
    return judged?.spent ?? false;
  }

  /** @returns the number of deleted questions */
  async deleteExpired(): Promise<number> {
    const expired = sql`DELETE FROM login_questions WHERE expires_at <= ${this.clock.now()} RETURNING 1`;
    const deleted = await this.database.rows(expired);
    return deleted.length;
  }
}
