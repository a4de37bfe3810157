import { Controller, Get, HttpCode, Post, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can } from '../core/authorization/can.decorator.js';
import { Me, type Actor } from '../core/authorization/actor.js';
import { JsonText } from '../core/http/streamed-response.js';
import { Documents, PAGE_HEADERS } from '../core/http/api-docs.decorators.js';
import { answerList } from '../core/http/list-response.js';
import { Id } from '../core/http/param.decorators.js';
import { CoreProblem } from '../core/http/problem.js';
import { ownNotifications } from './notification.policy.js';
import { MarkedRead, NotificationFilter, NotificationView, UnreadCount } from './notifications.dto.js';
import { NotificationProblem } from './notifications.events.js';
import { NotificationsQueries } from './notifications.queries.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly queries: NotificationsQueries,
  ) {}

  @Get()
  @Can(ownNotifications)
  @Documents({
    summary: 'List your own notifications',
    description: 'Newest first; live ones come over the WebSocket `/ws/notifications/?token=<access token>`.',
    answer: [NotificationView],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  list(
    @Me() me: Actor,
    @Query() filter: NotificationFilter,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<NotificationView[]> | StreamableFile> {
    return answerList(request, reply, filter, {
      count: () => this.queries.count(me, filter),
      page: (limit) => this.queries.page(me, filter, limit),
      all: () => this.queries.all(me, filter),
    });
  }

  @Get('unread_count')
  @Can(ownNotifications)
  @Documents({ summary: 'Count your unread notifications', answer: UnreadCount })
  async unreadCount(@Me() me: Actor): Promise<UnreadCount> {
    return { count: await this.queries.count(me, { unread: true }) };
  }

  @Post('mark_all_read')
  @HttpCode(200)
  @Can(ownNotifications)
  @Documents({ summary: 'Mark all of your notifications as read', answer: MarkedRead })
  async markAllRead(@Me() me: Actor): Promise<MarkedRead> {
    return { status: `${await this.notifications.markAllRead(me)} notifications marked as read` };
  }

  @Get(':id')
  @Can(ownNotifications)
  @Documents({
    summary: 'Read one of your notifications',
    answer: NotificationView,
    refuses: [NotificationProblem.notification_not_found],
  })
  async read(@Me() me: Actor, @Id() id: number): Promise<JsonText<NotificationView>> {
    const json = await this.queries.one(me, id);
    if (!json) throw NotificationProblem.notification_not_found(`Notification ${id} not found`);
    return new JsonText(json);
  }

  @Post(':id/mark_read')
  @HttpCode(200)
  @Can(ownNotifications)
  @Documents({
    summary: 'Mark one of your notifications as read',
    answer: MarkedRead,
    refuses: [NotificationProblem.notification_not_found],
  })
  async markRead(@Me() me: Actor, @Id() id: number): Promise<MarkedRead> {
    await this.notifications.markRead(me, id);
    return { status: 'notification marked as read' };
  }
}
