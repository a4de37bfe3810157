import { type FastifyRequest } from 'fastify';
import { type Actor } from './actor.js';

/** Changes that an access token alone must not authorize, since it may be stolen. */
export const CONFIRMABLE = ['email', 'users'] as const;
export type Confirmable = (typeof CONFIRMABLE)[number];

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
  ): Promise<void>;
}
