import { type FastifyRequest } from 'fastify';
import { type AuditedTransaction } from '../persistence/audited-transaction.js';
import { type Actor } from './actor.js';

/** Changes that an access token alone must not authorize, since it may be stolen. */
export const CONFIRMABLE = ['email', 'users'] as const;
export type Confirmable = (typeof CONFIRMABLE)[number];

/**
 * Asserts, in the transaction of a change and once it has locked what it changes, that the session is still active and that
 * the password which confirmed the change is still the user's: both may have ended since, to keep a thief out. A change of
 * other users also needs the role that the request came with.
 *
 * @throws Problem 401, 403 `wrong_password`, 403 `role_not_allowed`
 */
export type AssertStillConfirmed = (tx: AuditedTransaction) => Promise<void>;

/** Makes signed-in users confirm a change with their current password, where the installation requires it. */
export abstract class ChangeConfirmation {
  /**
   * Verifies a given password; without one, asserts that the change needs none.
   *
   * @param request source of the device and the captcha answer, which count as those of a login do
   * @throws Problem 422 `password_required`, 403 `wrong_password`, 403 or 429 of the login protection
   */
  abstract confirmChange(
    actor: Actor,
    kind: Confirmable,
    password: string | undefined,
    request: FastifyRequest,
  ): Promise<AssertStillConfirmed>;

  /**
   * Confirms what is a change, or has a password with it; requests that send back what was read need no confirmation. They may
   * make a difference once their record is locked, since it may have changed in between.
   *
   * @param isChange as read before the transaction
   * @returns asserts it in the transaction, which says whether it is a change by then. @throws Problem as `confirmChange`
   */
  async confirmDifference(
    isChange: boolean,
    actor: Actor,
    kind: Confirmable,
    password: string | undefined,
    request: FastifyRequest,
  ): Promise<(tx: AuditedTransaction, isChangeNow: boolean) => Promise<void>> {
    const assertEarlier =
      isChange || password !== undefined ? await this.confirmChange(actor, kind, password, request) : undefined;
    return async (tx, isChangeNow) => {
      const late = !assertEarlier && isChangeNow;
      const assert = late ? await this.confirmChange(actor, kind, undefined, request) : assertEarlier;
      await assert?.(tx);
    };
  }
}
