import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RequestBudgets } from '../../core/authorization/request-budgets.js';
import { Budgets } from './budgets.service.js';
import { type Holder, type Permit } from './fair-semaphore.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The place that a request of a signed-in user has until its answer is known. */
    place?: Permit;
  }
}

/** Whose share a request counts in: the user's or, where nobody is signed in, the address's. */
export const holderOf = ({ user, ip }: FastifyRequest): Holder => user?.id ?? ip;

@Injectable()
export class FairRequests implements RequestBudgets {
  constructor(private readonly budgets: Budgets) {}

  admit(request: FastifyRequest): Promise<void> | undefined {
    const holder = holderOf(request);
    this.budgets.assertShare('unread_bytes', holder);
    const place = this.budgets.tryAcquire('requests', holder);
    if (!place) return this.wait(request, holder);
    request.place = place;
    return undefined;
  }

  assertRoom(request: FastifyRequest, bytes: number): void {
    this.budgets.assertRoom('unread_bytes', holderOf(request), bytes);
  }

  private async wait(request: FastifyRequest, holder: Holder): Promise<void> {
    request.place = await this.budgets.acquire('requests', holder).catch((error: unknown) => {
      this.budgets.saturated.add(request.headers.authorization, performance.now());
      throw error;
    });
    // Those before may have left much unread: what is read for the next ones would be in vain.
    this.budgets.assertShare('unread_bytes', holder);
  }
}
