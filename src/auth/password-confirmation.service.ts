import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { Config } from '../core/config/config.js';
import { apart, type Actor } from '../core/authorization/actor.js';
import {
  type AssertStillConfirmed,
  ChangeConfirmation,
  type Confirmable,
} from '../core/authorization/change-confirmation.js';
import { networkPrefixOf } from '../core/http/client-network.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { LoginThrottle, type LoginProof } from './login-protection/login-throttle.service.js';
import { PasswordHasher } from './passwords/password-hasher.service.js';
import { SessionsService } from './sessions/sessions.service.js';
import { type User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { AuthProblem } from './auth.problems.js';
import { loginProofOf } from './cookies.js';

/** A proof beside the password, such as the code of a second factor. */
export interface Proof {
  readonly verify: () => Promise<boolean>;
  readonly wrong: () => Problem;
}

/**
 * Has signed-in users confirm with their current password what an access token alone, which may be stolen, must not do.
 * Failures are those of the login: counted together, and limited in the same way.
 */
@Injectable()
export class PasswordConfirmation extends ChangeConfirmation {
  constructor(
    private readonly users: UsersRepository,
    private readonly config: Config,
    private readonly passwords: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly sessions: SessionsService,
  ) {
    super();
  }

  async confirmChange(
    actor: Actor,
    kind: Confirmable,
    password: string | undefined,
    request: FastifyRequest,
  ): Promise<AssertStillConfirmed> {
    if (password === undefined && this.config.passwordConfirmationFor.includes(kind)) throw passwordRequired();
    const user =
      password === undefined
        ? undefined
        : await this.verify(actor, password, loginProofOf(request), wrongCurrentPassword);
    return async (tx) => {
      const current = await this.sessions.assertActive(tx, actor);
      if (user && current.hashedPassword !== user.hashedPassword) throw wrongCurrentPassword();
      if (kind === 'users' && current.role !== actor.role) throw CoreProblem.role_not_allowed();
    };
  }

  /**
   * Verifies the password of the actor.
   *
   * @param more is verified after a right password, and refused as it says
   * @returns the user, with the hash that the password belongs to
   * @throws Problem 403: `wrong` for another password; 403 or 429 of the login protection after too many of them
   */
  async verify(actor: Actor, password: string, proof: LoginProof, wrong: () => Problem, more?: Proof): Promise<User> {
    const user = await this.users.findById(actor.id);
    const client = { network: networkPrefixOf(actor.requestContext.ip ?? ''), gone: proof.gone };
    let refusal = wrong;
    // A wrong password counts even if the request fails for another reason.
    const counted = apart(actor);
    const verify = async () => {
      const right = await this.passwords.verify(password, user.hashedPassword, client);
      if (!right || !more) return { right };
      refusal = more.wrong;
      return (await more.verify()) ? { right } : { right: false, code: more.wrong().code };
    };
    if (!(await this.throttle.confirm(counted, user, proof, verify))) throw refusal();
    return user;
  }

  /**
   * Locks the actor for a change that `verify` has allowed: the password is still the verified one, and the session active.
   *
   * @throws Problem `wrong` where the password was replaced since, 401 where the session has ended
   */
  async lockVerified(tx: AuditedTransaction, actor: Actor, verified: User, wrong: () => Problem): Promise<User> {
    const user = await this.users.lockUnchanged(tx, verified);
    if (!user) throw wrong();
    await this.sessions.assertActive(tx, actor);
    return user;
  }
}

export const wrongCurrentPassword = (): Problem => AuthProblem.wrong_password('The current password is not right');

function passwordRequired(): Problem {
  const message = 'current_password is missing: this change needs your current password';
  return AuthProblem.password_required(message, {
    errors: [{ field: 'current_password', code: 'password_required', message }],
  });
}
