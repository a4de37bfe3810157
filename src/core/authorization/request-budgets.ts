import { type ServerResponse } from 'node:http';
import { type FastifyRequest } from 'fastify';

declare module 'node:http' {
  interface IncomingMessage {
    /** Place among the requests being worked on. A request that goes on to wait for long gives it up. */
    place?: { release(): void };
  }
}

/**
 * Bounds each user's share of concurrent requests, unread response bytes and bytes of uploads. Called by `RolesGuard`,
 * before a long response of a read is sent by `PreserializedJsonInterceptor`, and before a large body is read by
 * `UploadBudgetInterceptor`.
 */
export abstract class RequestBudgets {
  /**
   * Admits a request of a signed-in user; it counts as concurrent until its response is known.
   *
   * @param response its client's going ends the wait
   * @returns undefined where it need not wait
   * @throws Problem 429 where too many wait already, or the user leaves too much unread
   */
  abstract admit(request: FastifyRequest, response: ServerResponse): Promise<void> | undefined;

  /**
   * Asserts that a response of so many bytes fits the budget of unread bytes.
   *
   * @throws Problem 429 or 503
   */
  abstract assertRoom(request: FastifyRequest, bytes: number): void;

  /**
   * Holds the bytes of an upload until their release.
   *
   * @throws Problem 429 or 503 where the user, or the process, holds too many already
   */
  abstract holdUpload(request: FastifyRequest, bytes: number): { release(): void };
}
