import { type FastifyRequest } from 'fastify';
import { type Actor } from './actor.js';

/** Changes that a stolen access token must not make by itself. */
export const CONFIRMABLE = ['email', 'users'] as const;
export type Confirmable = (typeof CONFIRMABLE)[number];

/** Has a signed-in user confirm a change with the current password, where the installation wants that. */
export abstract class ChangeConfirmation {
  /**
   * Verifies a password that was given; where none was, asserts that the change needs none.
   *
   * @param request whose device and answer to a question count, as those of a login do
   * @throws Problem 422 `password_required`, 403 `wrong_password`, 403 or 429 of the login protection
   */
  abstract confirmChange(
    actor: Actor,
    kind: Confirmable,
    password: string | undefined,
    request: FastifyRequest,
  ): Promise<void>;
}
