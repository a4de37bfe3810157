import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { type Actor, type Principal } from '../../core/authorization/actor.js';
import { invalidToken } from '../../core/authorization/roles.guard.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type Problem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { AccessTokensService } from '../access-tokens/access-tokens.service.js';
import { SessionActivity } from '../access-tokens/session-activity.service.js';
import { AccessTokenProblem } from '../access-tokens/access-tokens.problems.js';
import {
  hashToken,
  isGenuine,
  issueRefreshToken,
  newSalt,
  parseRefreshToken,
  type RefreshToken,
} from './refresh-token.js';
import { Session, type SessionEnd } from './session.entity.js';
import { deviceName } from './sessions.dto.js';
import { SessionsRepository, type KeptUser, type SessionOwner } from './sessions.repository.js';
import { SessionProblem } from './sessions.problems.js';

/** The tokens of a device after sign-in or refresh. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly deviceId: string;
}

type Redemption = { readonly tokens: Tokens } | { readonly rejected: Problem };

/** Opens, refreshes and revokes sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: SessionsRepository,
    private readonly accessTokens: AccessTokensService,
    private readonly activity: SessionActivity,
  ) {}

  /**
   * Opens a session on a device, within the transaction that has locked the user, so that concurrent log-ins are counted
   * one after the other. It replaces a session of the same device; beyond the limit, the least recently used session
   * ends or the log-in is rejected, as configured.
   *
   * @throws Problem 400 `session_limit`
   */
  async open(tx: AuditedTransaction, owner: SessionOwner, knownDevice: string | undefined): Promise<Tokens> {
    const active = await this.sessions.lockAllActive(tx, owner.id);
    const sameDevice = active.filter(({ deviceId }) => deviceId === knownDevice);
    await this.revoke(tx, sameDevice, 'device_replaced');
    const others = active.filter((session) => !sameDevice.includes(session));
    await this.enforceSessionLimit(tx, others);
    return this.insert(tx, owner, knownDevice ?? randomUUID());
  }

  /** Call it before the transaction of a log-in, which may have to choose the least recently used session. */
  flushActivity(): Promise<void> {
    return this.activity.flush();
  }

  /**
   * Rotates a refresh token. The previous one returns its successor for a grace period, for two tabs that refresh at
   * once; any older one is a sign of theft and ends the session.
   *
   * @param texts values of the cookies of that name; the first refresh token of an active session counts
   * @throws Problem 401
   */
  async refresh(principal: Principal, texts: readonly string[]): Promise<Tokens> {
    let rejection = SessionProblem.invalid_refresh_token();
    for (const token of texts.map(parseRefreshToken)) {
      if (!token) continue;
      // The rejection of a reuse is a result and no exception, since ending the session must be committed.
      const redemption = await this.unitOfWork.run(principal, (tx) => this.redeem(tx, token));
      if ('tokens' in redemption) return redemption.tokens;
      rejection = redemption.rejected;
    }
    throw rejection;
  }

  /** Ends the active sessions of a user within a transaction, but for the session with the id `keep`. */
  async revokeAll(tx: AuditedTransaction, userId: number, reason: SessionEnd, keep?: number): Promise<void> {
    const active = await this.sessions.lockAllActive(tx, userId);
    const others = active.filter(({ id }) => id !== keep);
    await this.revoke(tx, others, reason);
  }

  /**
   * Rotates the refresh token of the actor's session within a transaction, so that access tokens issued before are not
   * renewed.
   *
   * @returns undefined where the session has just ended
   */
  async renewOwn(tx: AuditedTransaction, actor: Actor): Promise<Tokens | undefined> {
    const session = await this.sessions.lockActive(tx, actor.sessionId);
    return session && this.rotate(tx, actor, session);
  }

  /**
   * Asserts that the session of the actor is still active, and keeps it so until the end of the transaction: a request that
   * waited for a lock may have been overtaken by a sign-out that was to keep a thief out.
   *
   * @returns password and role of its user, which stay so until then
   * @throws Problem 401
   */
  async assertActive(tx: AuditedTransaction, { sessionId }: Actor): Promise<KeptUser> {
    const user = await this.sessions.keepActive(tx, sessionId);
    if (user === undefined) throw invalidToken();
    return user;
  }

  /** Ends one session of the user. @throws Problem 404 where it is not the user's or has ended */
  async revokeOne(principal: Principal & { id: number }, sessionId: number, reason: SessionEnd): Promise<void> {
    const isRevoked = await this.revokeIfActive(principal, sessionId, reason);
    if (!isRevoked) throw SessionProblem.session_not_found(`Session ${sessionId} not found`);
  }

  /** Ends the session of the actor; one that has just ended, as by a second click, is no error. */
  async logout(actor: Actor): Promise<void> {
    await this.revokeIfActive(actor, actor.sessionId, 'logout');
  }

  private revokeIfActive(
    principal: Principal & { id: number },
    sessionId: number,
    reason: SessionEnd,
  ): Promise<boolean> {
    return this.unitOfWork.run(principal, async (tx) => {
      const session = await this.sessions.lockActive(tx, sessionId, principal.id);
      await this.revoke(tx, session ? [session] : [], reason);
      return session !== undefined;
    });
  }

  private async redeem(tx: AuditedTransaction, token: RefreshToken): Promise<Redemption> {
    const session = await this.sessions.lock(tx, token.sessionId);
    const owner = session && (await this.sessions.findActiveOwner(tx, session.userId));
    const isOurs = session && isGenuine(this.config.secretKey, token, session);
    if (!session || !owner || !isOurs || this.expiry(tx.now, session.createdAt) <= tx.now) return rejected();
    if (session.expiresAt <= tx.now) return rejected();
    if (session.endedAt) return rejected(session.endReason === 'session_replaced');
    const principal = { ...tx.principal, ...owner, sessionId: session.id };
    const age = session.generation - token.generation;
    if (age === 0 && hashToken(token.text) === session.refreshTokenHash)
      return { tokens: await this.rotate(tx.actAs(principal), owner, session) };
    if (age === 1 && this.isWithinGrace(session, tx.now)) return { tokens: await this.tokensOf(owner, session) };
    if (age < 0) return rejected();
    await this.revoke(tx.actAs(principal), [session], 'token_reused');
    return { rejected: SessionProblem.refresh_token_reused() };
  }

  private async rotate(tx: AuditedTransaction, owner: SessionOwner, session: Session): Promise<Tokens> {
    const generation = session.generation + 1;
    const patch = {
      generation,
      refreshTokenHash: hashToken(issueRefreshToken(this.config.secretKey, session, generation)),
      rotatedAt: tx.now,
      lastUsedAt: tx.now,
      expiresAt: this.expiry(tx.now, session.createdAt),
    };
    const [rotated] = await tx.update(Session, [session], patch, { verb: 'refreshed' });
    return this.tokensOf(owner, rotated as Session);
  }

  private isWithinGrace({ rotatedAt }: Session, now: Date): boolean {
    return rotatedAt !== null && now.getTime() - rotatedAt.getTime() <= this.config.refreshGraceSeconds * 1000;
  }

  private async insert(tx: AuditedTransaction, owner: SessionOwner, deviceId: string): Promise<Tokens> {
    const isKnown = await this.sessions.isKnownDevice(tx, owner.id, deviceId);
    // The first device of a user (null) is not reported as new.
    const newDevice = isKnown === false;
    const { ip, userAgent } = tx.principal.requestContext;
    const row = {
      userId: owner.id,
      deviceId,
      ipAddress: ip,
      userAgent,
      refreshSalt: newSalt(),
      refreshTokenHash: '',
      createdAt: tx.now,
      lastUsedAt: tx.now,
      expiresAt: this.expiry(tx.now, tx.now),
    };
    const [session] = (await tx.insert(Session, [row])) as [Session];
    const hash = hashToken(issueRefreshToken(this.config.secretKey, session, 0));
    await this.sessions.setRefreshTokenHash(tx, session.id, hash);
    tx.emit('session.opened', { sessionId: session.id, userId: owner.id, newDevice });
    return this.tokensOf(owner, session);
  }

  private async enforceSessionLimit(tx: AuditedTransaction, active: readonly Session[]): Promise<void> {
    const excess = active.length - this.config.maxSessionsPerUser + 1;
    if (excess <= 0) return;
    if (this.config.sessionLimitPolicy === 'refuse') throw sessionLimit(active, this.config.maxSessionsPerUser);
    const byUse = [...active].sort((a, b) => a.lastUsedAt.getTime() - b.lastUsedAt.getTime() || a.id - b.id);
    await this.revoke(tx, byUse.slice(0, excess), 'session_replaced');
  }

  private async revoke(tx: AuditedTransaction, sessions: readonly Session[], endReason: SessionEnd): Promise<void> {
    await tx.update(Session, sessions, { endedAt: tx.now, endReason }, { verb: 'ended' });
    sessions.forEach(({ id, userId }) => tx.emit('session.ended', { sessionId: id, userId, reason: endReason }));
  }

  private async tokensOf(owner: SessionOwner, session: Session): Promise<Tokens> {
    const refresh = issueRefreshToken(this.config.secretKey, session, session.generation);
    const { id, generation, expiresAt, deviceId } = session;
    return { access: await this.accessTokens.issue(owner.id, id, generation, expiresAt), refresh, deviceId };
  }

  private expiry(now: Date, opened: Date): Date {
    const { refreshTokenSeconds, sessionLifetimeSeconds } = this.config;
    const end = opened.getTime() + sessionLifetimeSeconds * 1000;
    return new Date(Math.min(now.getTime() + refreshTokenSeconds * 1000, end));
  }
}

function rejected(isReplaced = false): Redemption {
  return { rejected: isReplaced ? AccessTokenProblem.session_replaced() : SessionProblem.invalid_refresh_token() };
}

function sessionLimit(sessions: readonly Session[], limit: number) {
  return SessionProblem.session_limit(
    `You are signed in on ${limit} devices, as many as allowed: end one of those sessions first`,
    {
      active_devices: sessions.map((session) => ({
        id: session.id,
        device: deviceName(session.userAgent),
        ip_address: session.ipAddress,
        last_used_at: session.lastUsedAt.toISOString(),
      })),
    },
  );
}
