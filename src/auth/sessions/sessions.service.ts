import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { type Actor, type Principal, type Role } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { AccessTokens } from '../access-tokens/access-tokens.service.js';
import { SessionActivity } from '../access-tokens/session-activity.service.js';
import { AccessTokenProblem } from '../access-tokens/access-tokens.problems.js';
import {
  hashToken,
  isGenuine,
  issueRefreshToken,
  newSalt,
  readRefreshToken,
  type RefreshToken,
} from './refresh-token.js';
import { Session, type SessionEnd } from './session.entity.js';
import { deviceName } from './sessions.dto.js';
import { SessionProblem } from './sessions.events.js';

/** What a device holds after signing in or refreshing. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly deviceId: string;
}

interface Owner {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
}

type Outcome = { tokens: Tokens } | { refused: ReturnType<typeof SessionProblem.invalid_refresh_token> };

/** The verbs of sessions: opened, refreshed, ended. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly accessTokens: AccessTokens,
    private readonly activity: SessionActivity,
  ) {}

  /**
   * Opens a session on a device, within the transaction that has locked the user, so that logins at the same time are
   * counted one after the other. A session of the same device is replaced; beyond the limit the one that was not used
   * for longest ends, or the login is refused, as configured.
   *
   * @throws Problem 400 `session_limit`
   */
  async open(tx: AuditedTransaction, owner: Owner, knownDevice: string | undefined): Promise<Tokens> {
    const live = await this.liveOf(tx, owner.id);
    const sameDevice = live.filter(({ deviceId }) => deviceId === knownDevice);
    await this.revoke(tx, sameDevice, 'device_replaced');
    const others = live.filter((session) => !sameDevice.includes(session));
    await this.enforceSessionLimit(tx, others);
    return this.insert(tx, owner, knownDevice ?? randomUUID());
  }

  /** To be called before the transaction of a login, which may have to choose the session that was unused for longest. */
  flushActivity(): Promise<void> {
    return this.activity.flush();
  }

  /**
   * Rotates a refresh token. The previous one is answered with its successor for a short while, for two tabs that
   * refresh at once; any older one is a sign of theft and ends the session.
   *
   * @throws Problem 401
   */
  async refresh(principal: Principal, text: string | undefined): Promise<Tokens> {
    const token = readRefreshToken(text);
    if (!token) throw SessionProblem.invalid_refresh_token();
    // A reuse must be committed although it is refused, so the refusal is an outcome and not an exception.
    const outcome = await this.unitOfWork.run(principal, (tx) => this.redeem(tx, token));
    if ('refused' in outcome) throw outcome.refused;
    return outcome.tokens;
  }

  /** Ends live sessions of a user within a transaction; those that `keep` names stay. */
  async revokeAll(tx: AuditedTransaction, userId: number, reason: SessionEnd, keep?: number): Promise<void> {
    const live = await this.liveOf(tx, userId);
    await this.revoke(
      tx,
      live.filter(({ id }) => id !== keep),
      reason,
    );
  }

  /**
   * Rotates the refresh token of the actor's session within a transaction, so that no access token that was issued
   * before is renewed.
   *
   * @returns undefined where the session has just ended
   */
  async renewOwn(tx: AuditedTransaction, actor: Actor): Promise<Tokens | undefined> {
    const [session] = await tx.lock(Session, [actor.sessionId], sql`ended_at IS NULL`);
    return session && this.rotate(tx, actor, session);
  }

  /** Ends one of the user's sessions. @throws Problem 404 if it is not the user's, or has ended */
  async revokeOne(principal: Principal & { id: number }, sessionId: number, reason: SessionEnd): Promise<void> {
    const found = await this.revokeIfLive(principal, sessionId, reason);
    if (!found) throw SessionProblem.session_not_found(`Session ${sessionId} not found`);
  }

  /** Ends the session of the actor; that it has ended at this moment, as by a second click, is no error. */
  async logout(actor: Actor): Promise<void> {
    await this.revokeIfLive(actor, actor.sessionId, 'logout');
  }

  private revokeIfLive(principal: Principal & { id: number }, sessionId: number, reason: SessionEnd): Promise<boolean> {
    return this.unitOfWork.run(principal, async (tx) => {
      const found = await tx.lock(Session, [sessionId], sql`user_id = ${principal.id} AND ended_at IS NULL`);
      await this.revoke(tx, found, reason);
      return found.length > 0;
    });
  }

  private async redeem(tx: AuditedTransaction, token: RefreshToken): Promise<Outcome> {
    const [session] = await tx.lock(Session, [token.sessionId]);
    const owner = session && (await this.ownerOf(tx, session.userId));
    const genuine = session && isGenuine(this.config.secretKey, token, session);
    if (!session || !owner || !genuine || this.expiry(tx.now, session.createdAt) <= tx.now) return refused();
    if (session.expiresAt <= tx.now) return refused();
    if (session.endedAt) return refused(session.endReason === 'session_replaced');
    const author = { ...tx.principal, ...owner, sessionId: session.id };
    const behind = session.generation - token.generation;
    if (behind === 0 && hashToken(token.text) === session.refreshTokenHash)
      return { tokens: await this.rotate(tx.actAs(author), owner, session) };
    if (behind === 1 && this.withinGrace(session, tx.now)) return { tokens: await this.tokensOf(owner, session) };
    if (behind < 0) return refused();
    await this.revoke(tx.actAs(author), [session], 'token_reused');
    return { refused: SessionProblem.refresh_token_reused() };
  }

  private async rotate(tx: AuditedTransaction, owner: Owner, session: Session): Promise<Tokens> {
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

  private withinGrace({ rotatedAt }: Session, now: Date): boolean {
    return rotatedAt !== null && now.getTime() - rotatedAt.getTime() <= this.config.refreshGraceSeconds * 1000;
  }

  private async insert(tx: AuditedTransaction, owner: Owner, deviceId: string): Promise<Tokens> {
    const newDevice = await this.isNewDevice(tx, owner.id, deviceId);
    const { ip, userAgent } = tx.principal.requestContext;
    const draft = {
      ...{ userId: owner.id, deviceId, ipAddress: ip, userAgent, refreshSalt: newSalt(), refreshTokenHash: '' },
      ...{ createdAt: tx.now, lastUsedAt: tx.now, expiresAt: this.expiry(tx.now, tx.now) },
    };
    const [session] = (await tx.insert(Session, [draft])) as [Session];
    const hash = hashToken(issueRefreshToken(this.config.secretKey, session, 0));
    await tx.query(sql`UPDATE user_sessions SET refresh_token_hash = ${hash} WHERE id = ${session.id}`);
    tx.emit('session.opened', { sessionId: session.id, userId: owner.id, newDevice });
    return this.tokensOf(owner, session);
  }

  /** A browser that signed out has lost its cookie: the same one at the same address is no news either. */
  private async isNewDevice(tx: AuditedTransaction, userId: number, deviceId: string): Promise<boolean> {
    const { ip, userAgent } = tx.principal.requestContext;
    const [known] = await tx.query<{ device: boolean | null }>(sql`SELECT bool_or(device_id = ${deviceId}::uuid
        OR (ip_address, user_agent) IS NOT DISTINCT FROM (${ip}::text, ${userAgent}::text)) AS device
      FROM user_sessions WHERE user_id = ${userId}`);
    // Null: there was none at all, and a first login is no news.
    return known?.device === false;
  }

  private async enforceSessionLimit(tx: AuditedTransaction, live: readonly Session[]): Promise<void> {
    const excess = live.length - this.config.maxSessionsPerUser + 1;
    if (excess <= 0) return;
    if (this.config.sessionLimitPolicy === 'refuse') throw sessionLimit(live, this.config.maxSessionsPerUser);
    const byUse = [...live].sort((a, b) => a.lastUsedAt.getTime() - b.lastUsedAt.getTime() || a.id - b.id);
    await this.revoke(tx, byUse.slice(0, excess), 'session_replaced');
  }

  private async revoke(tx: AuditedTransaction, sessions: readonly Session[], endReason: SessionEnd): Promise<void> {
    await tx.update(Session, sessions, { endedAt: tx.now, endReason }, { verb: 'ended' });
    sessions.forEach(({ id, userId }) => tx.emit('session.ended', { sessionId: id, userId, reason: endReason }));
  }

  private async liveOf(tx: AuditedTransaction, userId: number): Promise<Session[]> {
    const ids = await tx.query<{ id: number }>(live(userId, tx.now));
    return tx.lock(
      Session,
      ids.map(({ id }) => id),
      sql`ended_at IS NULL`,
    );
  }

  private async ownerOf(tx: AuditedTransaction, id: number): Promise<Owner | undefined> {
    return (await tx.query<Owner>(sql`SELECT id, username, role FROM users WHERE id = ${id} AND is_active`))[0];
  }

  private async tokensOf(owner: Owner, session: Session): Promise<Tokens> {
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

function live(userId: number, now: Date): Sql {
  return sql`SELECT id FROM user_sessions WHERE user_id = ${userId} AND ended_at IS NULL AND expires_at > ${now}`;
}

function refused(replaced = false): Outcome {
  return { refused: replaced ? AccessTokenProblem.session_replaced() : SessionProblem.invalid_refresh_token() };
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
