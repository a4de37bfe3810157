import { Injectable } from '@nestjs/common';
import { anonymousPrincipal, type Principal, type RequestContext } from '../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';

interface MailRequest {
  readonly email: string;
  readonly origin: RequestContext;
}

/**
 * Requests of visitors for a mail to an address. All are handled alike, so that the response does not show whether the
 * address has an account; a job looks for the account later.
 */
@Injectable()
export class MailRequests {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly budget: MailBudget,
  ) {}

  /** Declares a kind of request, and what its job does, in a transaction of its own, as the visitor. */
  handle(kind: string, answer: (tx: AuditedTransaction, email: string) => Promise<void>): void {
    this.jobs.process<MailRequest>(kind, ({ email, origin }) =>
      this.unitOfWork.run(anonymousPrincipal(origin), (tx) => answer(tx, email)),
    );
  }

  /** @throws Problem 429 where the network requested too many */
  async add(principal: Principal, kind: string, email: string): Promise<void> {
    await this.budget.assertNetwork(principal);
    const request: MailRequest = { email, origin: principal.requestContext };
    await this.unitOfWork.run(principal, (tx) => this.jobs.enqueue(tx, kind, [request]));
  }
}
