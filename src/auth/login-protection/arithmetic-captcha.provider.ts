import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CaptchaProvider, type IssuedCaptcha, type LoginAttempt } from './captcha.provider.js';
import { LoginQuestionsRepository, type LoginQuestion } from './login-questions.repository.js';

/**
 * Issues sums, which existing clients know how to show. It slows down scripts that were not written for it, and no
 * others. Questions are stored by attempt, so that a stranger can neither replace nor use up the question of a user.
 */
@Injectable()
export class ArithmeticCaptcha extends CaptchaProvider {
  constructor(private readonly questions: LoginQuestionsRepository) {
    super();
  }

  async issue(attempt: LoginAttempt): Promise<IssuedCaptcha> {
    const question = await this.openQuestion(subjectOf(attempt));
    return { captcha: question, detail: `Too many failed logins: answer ${question} to go on` };
  }

  verify(attempt: LoginAttempt, answer: string): Promise<boolean> {
    return this.questions.spend(subjectOf(attempt), answer.trim());
  }

  override purgeExpired(): Promise<number> {
    return this.questions.deleteExpired();
  }

  private async openQuestion(subject: string): Promise<string> {
    const last = await this.questions.findLast(subject);
    if (last?.open) return last.question;
    const next = nextQuestion(last?.answer);
    const isStored = await this.questions.replace(subject, next);
    // A concurrent request may have stored its question first.
    return isStored ? next.question : this.openQuestion(subject);
  }
}

const subjectOf = ({ network, account, device }: LoginAttempt): string => [network, account, device ?? ''].join(' ');

/** Makes a question whose answer differs from the last one, so that a spent answer never fits again by chance. */
function nextQuestion(lastAnswer: string | undefined): LoginQuestion {
  const a = randomInt(1, 10);
  const b = randomInt(1, 10);
  const answer = String(a + b);
  return answer === lastAnswer ? nextQuestion(lastAnswer) : { question: `${a} + ${b}`, answer };
}
