import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Clock } from '../../core/clock.js';
import { CaptchaProvider, type LoginAttempt, type IssuedCaptcha } from './captcha.provider.js';
import { Database } from '../../infrastructure/database/database.js';

const EXPIRES_AFTER_MS = 10 * 60_000;
const WRONG_ANSWERS = 3;

interface Question {
  readonly question: string;
  readonly answer: string;
}

/**
 * A sum, which existing clients know how to show. It slows scripts down that were not written for it, and no others.
 * Each attempter has a question of their own, so that strangers can neither replace it nor use it up.
 */
@Injectable()
export class ArithmeticCaptcha extends CaptchaProvider {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async issue(attempt: LoginAttempt): Promise<IssuedCaptcha> {
    const question = await this.questionFor(subjectOf(attempt));
    return { captcha: question, detail: `Too many failed logins: answer ${question} to go on` };
  }

  async verify(attempt: LoginAttempt, answer: string): Promise<boolean> {
    const given = answer.trim();
    // One statement judges and spends: of two requests with the same answer, the second finds it spent.
    const judged = await this.database.row<{ spent: boolean }>(sql`UPDATE login_questions
      SET spent = (answer = ${given}), wrong_answers = wrong_answers + (answer <> ${given})::int
      WHERE subject = ${subjectOf(attempt)} AND NOT spent AND wrong_answers < ${WRONG_ANSWERS}
        AND expires_at > ${this.clock.now()}
      RETURNING spent`);
    return judged?.spent ?? false;
  }

  override async purgeExpired(): Promise<number> {
    const old = sql`DELETE FROM login_questions WHERE expires_at <= ${this.clock.now()} RETURNING 1`;
    return (await this.database.rows(old)).length;
  }

  /** The open question, or a new one in the place of one that was answered, expired or answered wrongly too often. */
  private async questionFor(subject: string): Promise<string> {
    const now = this.clock.now();
    const last = await this.database.row<Question & { open: boolean }>(sql`SELECT question, answer,
        NOT spent AND wrong_answers < ${WRONG_ANSWERS} AND expires_at > ${now} AS open
      FROM login_questions WHERE subject = ${subject}`);
    if (last?.open) return last.question;
    const next = another(last?.answer);
    const put = await this.database.row<Question>(sql`INSERT INTO login_questions AS q
        (subject, question, answer, expires_at)
      VALUES (${subject}, ${next.question}, ${next.answer}, ${new Date(now.getTime() + EXPIRES_AFTER_MS)})
      ON CONFLICT (subject) DO UPDATE SET question = EXCLUDED.question, answer = EXCLUDED.answer, wrong_answers = 0,
        spent = false, expires_at = EXCLUDED.expires_at
      WHERE q.spent OR q.wrong_answers >= ${WRONG_ANSWERS} OR q.expires_at <= ${now}
      RETURNING q.question`);
    // Where another request was faster, its question stands.
    return put?.question ?? this.questionFor(subject);
  }
}

const subjectOf = ({ network, account, device }: LoginAttempt): string => [network, account, device ?? ''].join(' ');

/** A question with another answer than the last one: an answer that was used must never fit again by chance. */
function another(lastAnswer: string | undefined): Question {
  const [a, b] = [randomInt(1, 10), randomInt(1, 10)];
  const answer = String(a + b);
  return answer === lastAnswer ? another(lastAnswer) : { question: `${a} + ${b}`, answer };
}
