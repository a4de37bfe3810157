import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Gauge } from 'prom-client';
import { type WebSocket } from 'ws';
import { Config } from '../../core/config/config.js';
import { type Actor } from '../../core/authorization/actor.js';
import { Outage } from '../../core/persistence/outage.js';
import { CoreProblem, Problem } from '../../core/http/problem.js';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { type NotificationFrame } from '../notifications.queries.js';
import { type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { type EndedSession } from '../../auth/sessions/sessions.queries.js';
import { NotificationDelivery, type ConnectionRegistry } from './notification-delivery.service.js';
import { SessionEndSubscriber } from './session-end.subscriber.js';
import { CLOSE, NotificationConnection } from './notification-connection.js';
import { ClientCommandsService } from './client-commands.service.js';
import { SocketAuthenticator } from './socket-authenticator.service.js';

const EXPIRY_MS = 1000;
const SWEEP_MS = 15_000;
const SHUTDOWN_MS = 1000;
/** Maximum connections per user, for tabs and devices; beyond it the oldest is closed. */
const MAX_PER_USER = 20;

/** Accepts the WebSocket connections of this replica by access token and closes them when the session ends. */
@Injectable()
export class NotificationGateway implements ConnectionRegistry, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(NotificationGateway.name);
  private readonly byUser = new Map<number, Set<NotificationConnection>>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly outage = new Outage(this.logger, 'Sockets could not be looked after');

  constructor(
    private readonly config: Config,
    private readonly authenticator: SocketAuthenticator,
    private readonly delivery: NotificationDelivery,
    private readonly commands: ClientCommandsService,
    private readonly sessions: SessionEndSubscriber,
    metrics: Metrics,
  ) {
    const open = new Gauge({
      name: 'ctms_websockets',
      help: 'Open WebSocket connections of this replica',
      registers: [metrics.registry],
    });
    metrics.collect(() => open.set(this.all().length));
  }

  onApplicationBootstrap(): void {
    this.delivery.attach(this);
    this.sessions.onEnd((ended) => this.endSession(ended));
    this.every(EXPIRY_MS, () => this.endExpired());
    this.every(this.config.webSocketPingSeconds * 1000, () => this.all().forEach((socket) => socket.ping()));
    this.every(SWEEP_MS, () => this.attemptToSweep());
  }

  /**
   * Authenticates the user of a connection before the handshake, so that an open socket gets everything that is committed
   * from then on. A refusal waits for the handshake too: browsers tell pages close codes, not statuses. Beyond a rate limit
   * there is none, since it costs more than the answer.
   *
   * @returns what connects the socket after the handshake
   * @throws Problem 429
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<(socket: WebSocket) => void> {
    try {
      const bearer = await this.authenticator.authenticate(request, reply);
      return (socket) => this.connect(socket, bearer);
    } catch (error) {
      if (!(error instanceof Problem) || ![401, 403, 429].includes(error.getStatus()))
        return (socket) => this.failed(socket, socket, error);
      if (error.getStatus() === 429) throw error;
      return (socket) => socket.close(CLOSE.signedOut, error.code);
    }
  }

  /** Repeats work whose messages from other replicas were lost, and closes sockets of users who must set up a second factor by now. */
  async sweep(): Promise<void> {
    await this.delivery.redeliverOverdue();
    const sessionIds = this.all().map(({ bearer }) => bearer.actor.sessionId);
    (await this.sessions.endedOf(sessionIds)).forEach((ended) => this.endSession(ended));
    for (const socket of this.all())
      if (await this.authenticator.mustEnrol(socket.bearer))
        socket.close(CLOSE.signedOut, CoreProblem.second_factor_enrolment_required.code);
  }

  has(userId: number): boolean {
    return this.byUser.has(userId);
  }

  userIds(): number[] {
    return [...this.byUser.keys()];
  }

  offer(frame: NotificationFrame): void {
    this.byUser.get(frame.userId)?.forEach((socket) => socket.offer(frame));
  }

  async readerOf(userId: number): Promise<Actor | undefined> {
    for (const { bearer } of this.byUser.get(userId) ?? []) {
      const actor = await this.authenticator.readerOf(bearer);
      if (actor) return actor;
    }
    return undefined;
  }

  resetDelivery(): void {
    this.all().forEach((socket) => socket.resetDelivery());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.timers.forEach(clearInterval);
    this.all().forEach((socket) => socket.close(CLOSE.goingAway, 'the server is stopping'));
    for (const end = performance.now() + SHUTDOWN_MS; this.byUser.size > 0 && performance.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 10));
    this.all().forEach((socket) => socket.terminate());
  }

  private connect(socket: WebSocket, bearer: AuthenticatedToken): void {
    const live = new NotificationConnection(socket, bearer, this.delivery, this.commands);
    this.add(live);
    socket.once('close', () => this.remove(live));
    void live.start().catch((error: unknown) => this.failed(live, socket, error));
    void this.closeIfEnded(bearer);
  }

  /** The session may have ended while it was read, before the end could find this connection. A failure leaves it to the sweep. */
  private async closeIfEnded(bearer: AuthenticatedToken): Promise<void> {
    try {
      if (await this.authenticator.isActive(bearer)) return;
      (await this.sessions.endedOf([bearer.actor.sessionId])).forEach((ended) => this.endSession(ended));
    } catch (error) {
      this.outage.failed(error);
    }
  }

  private add(socket: NotificationConnection): void {
    const own = this.byUser.get(socket.userId) ?? new Set();
    this.byUser.set(socket.userId, own.add(socket));
    const [oldest] = own;
    if (own.size > MAX_PER_USER && oldest) this.evict(oldest);
  }

  /** Removes a connection from the count, also before the client has answered the close frame. */
  private evict(socket: NotificationConnection): void {
    this.remove(socket);
    socket.close(CLOSE.tooMuch, 'too many connections');
  }

  private remove(socket: NotificationConnection): void {
    const own = this.byUser.get(socket.userId);
    own?.delete(socket);
    this.commands.disconnected(socket);
    if (own?.size === 0) this.byUser.delete(socket.userId);
  }

  private endSession({ id, reason }: EndedSession): void {
    for (const socket of this.all()) if (socket.bearer.actor.sessionId === id) socket.close(CLOSE.signedOut, reason);
  }

  private endExpired(): void {
    for (const socket of this.all())
      if (this.authenticator.hasExpired(socket.bearer)) socket.close(CLOSE.signedOut, 'token_expired');
  }

  private failed(live: { close(code: number, reason: string): void }, socket: WebSocket, error: unknown): void {
    if (socket.readyState !== socket.OPEN) return;
    this.logger.error({ msg: 'A WebSocket connection failed', err: error });
    live.close(CLOSE.failed, 'try again');
  }

  private all(): NotificationConnection[] {
    return [...this.byUser.values()].flatMap((own) => [...own]);
  }

  private every(ms: number, work: () => void | Promise<void>): void {
    this.timers.push(setInterval(() => void work(), ms).unref());
  }

  /** Logs failures as an outage; the next sweep repeats the work. */
  private async attemptToSweep(): Promise<void> {
    try {
      await this.sweep();
      this.outage.worked();
    } catch (error) {
      this.outage.failed(error);
    }
  }
}
