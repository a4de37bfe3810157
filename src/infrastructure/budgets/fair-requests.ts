import { type ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RequestBudgets } from '../../core/authorization/request-budgets.js';
import { clientAborted } from '../../core/http/client-aborted.js';
import { Budgets } from './budgets.service.js';
import { type Holder, type Permit } from './fair-semaphore.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Permit that a request of a signed-in user holds until its response is known. */
    permit?: Permit;
  }
}

/** Returns the holder whose share a request counts in: the user or, unauthenticated, the address. */
export const holderOf = ({ user, ip }: FastifyRequest): Holder => user?.id ?? ip;

@Injectable()
export class FairRequests implements RequestBudgets {
  constructor(private readonly budgets: Budgets) {}

  admit(request: FastifyRequest, response: ServerResponse): Promise<void> | undefined {
    const holder = holderOf(request);
    this.budgets.assertShare('unread_bytes', holder);
    const permit = this.budgets.tryAcquire('requests', holder);
    if (!permit) return this.wait(request, response, holder);
    request.permit = permit;
    return undefined;
  }

  assertRoom(request: FastifyRequest, bytes: number): void {
    this.budgets.assertRoom('unread_bytes', holderOf(request), bytes);
  }

  holdUpload(request: FastifyRequest, bytes: number): Permit {
    return this.budgets.hold('upload_bytes', holderOf(request), bytes);
  }

  private async wait(request: FastifyRequest, response: ServerResponse, holder: Holder): Promise<void> {
    request.raw.place?.release();
    const gone = clientAborted(request.raw, response);
    request.permit = await this.budgets.acquire('requests', holder, gone).catch((error: unknown) => {
      if (!gone.aborted) this.budgets.saturated.add(request.headers.authorization, performance.now());
      throw error;
    });
    // Earlier responses may have been left unread while this request waited: reading more for the same user would be
    // in vain.
    this.budgets.assertShare('unread_bytes', holder);
  }
}
