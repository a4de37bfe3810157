import { Injectable, Logger } from '@nestjs/common';
import { Problem } from '../../core/http/problem.js';
import { RateBudgets } from '../../infrastructure/rate-limiting/rate-budgets.js';
import { NotificationsService } from '../notifications.service.js';
import { topicsOrError, type ClientCommand, type Topic } from './client-command.js';
import { type CommandPort, type NotificationConnection } from './notification-connection.js';
import { SocketAuthenticator } from './socket-authenticator.service.js';
import { TaskStream } from './task-stream.service.js';

type TopicCommand = Extract<ClientCommand, { topics: unknown }>;
type ReadCommand = Exclude<ClientCommand, TopicCommand>;

/** Executes the commands that clients send over their sockets. */
@Injectable()
export class ClientCommandsService implements CommandPort {
  private readonly logger = new Logger(ClientCommandsService.name);

  constructor(
    private readonly notifications: NotificationsService,
    private readonly taskStream: TaskStream,
    private readonly rateBudgets: RateBudgets,
    private readonly authenticator: SocketAuthenticator,
  ) {}

  async spendFrames({ userId }: NotificationConnection, frames: number): Promise<boolean> {
    return !(await this.rateBudgets.trySpend('frames', userId, frames)).exceeded;
  }

  /** @returns the response; undefined where a notification does not exist or is not the user's */
  async answer(connection: NotificationConnection, command: ClientCommand): Promise<object | undefined> {
    if ('topics' in command) return this.changeTopics(connection, command);
    try {
      return await this.markRead(connection, command);
    } catch (error) {
      if (!(error instanceof Problem)) this.logger.error({ msg: `A socket's ${command.action} failed`, err: error });
      return undefined;
    }
  }

  /** Ends the subscriptions of a connection. */
  disconnected(connection: NotificationConnection): void {
    this.taskStream.remove(connection);
  }

  private async markRead({ bearer }: NotificationConnection, command: ReadCommand): Promise<object | undefined> {
    const reader = await this.authenticator.readerOf(bearer);
    if (!reader) return undefined;
    if (command.action === 'mark_read') {
      await this.notifications.markRead(reader, command.id);
      return { type: 'read_confirmation', notification_id: command.id };
    }
    await this.notifications.markAllRead(reader);
    return { type: 'all_read_confirmation' };
  }

  /** Repeating a subscription changes nothing. @returns the topics that the connection is subscribed to now */
  private changeTopics(connection: NotificationConnection, { action, topics: given }: TopicCommand): object {
    const topics = topicsOrError(given);
    if ('code' in topics) return topics;
    for (const topic of topics) this.setSubscribed(connection, topic, action === 'subscribe');
    return { type: 'subscribed', topics: [...connection.topics] };
  }

  private setSubscribed(connection: NotificationConnection, topic: Topic, subscribed: boolean): void {
    if (subscribed && connection.isOpen) {
      connection.topics.add(topic);
      this.taskStream.add(connection);
    } else {
      connection.topics.delete(topic);
      connection.clearTasks();
      this.taskStream.remove(connection);
    }
  }
}
