import { type FastifyRequest } from 'fastify';

/** One user's share of what requests use. Asked by `RolesGuard` and, before a long answer is sent, by `TimingInterceptor`. */
export abstract class RequestBudgets {
  /**
   * Admits a request of a signed-in user, who has only so many at once; it counts until its answer is known.
   *
   * @returns undefined where it need not wait
   * @throws Problem 429 where too many wait already, or the user leaves too much unread
   */
  abstract admit(request: FastifyRequest): Promise<void> | undefined;

  /** @throws Problem 429 or 503 where an answer of so many bytes would be more than may be unread at once */
  abstract assertRoom(request: FastifyRequest, bytes: number): void;
}
