import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Query } from '../core/http/input.decorators.js';
import { Can } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { PreserializedJson } from '../core/http/streamed-response.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { ListResponse } from '../core/http/list-response.js';
import { IdParam } from '../core/http/param.decorators.js';
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
  @ApiRoute({
    summary: 'List your own notifications',
    description: 'Newest first; live ones come over the WebSocket `/ws/notifications/?token=<access token>`.',
    response: [NotificationView],
    paged: true,
  })
  list(@CurrentUser() actor: Actor, @Query() filter: NotificationFilter): ListResponse<NotificationView[]> {
    return new ListResponse(filter, this.queries.list(actor, filter));
  }

  @Get('unread_count')
  @Can(ownNotifications)
  @ApiRoute({ summary: 'Count your unread notifications', response: UnreadCount })
  async unreadCount(@CurrentUser() actor: Actor): Promise<UnreadCount> {
    return { count: await this.queries.unreadCount(actor) };
  }

  @Post('mark_all_read')
  @HttpCode(200)
  @Can(ownNotifications)
  @ApiRoute({ summary: 'Mark all of your notifications as read', response: MarkedRead })
  async markAllRead(@CurrentUser() actor: Actor): Promise<MarkedRead> {
    return { status: `${await this.notifications.markAllRead(actor)} notifications marked as read` };
  }

  @Get(':id')
  @Can(ownNotifications)
  @ApiRoute({
    summary: 'Read one of your notifications',
    response: NotificationView,
    errors: [NotificationProblem.notification_not_found],
  })
  async read(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<PreserializedJson<NotificationView>> {
    const json = await this.queries.one(actor, id);
    if (!json) throw NotificationProblem.notification_not_found(`Notification ${id} not found`);
    return new PreserializedJson(json);
  }

  @Post(':id/mark_read')
  @HttpCode(200)
  @Can(ownNotifications)
  @ApiRoute({
    summary: 'Mark one of your notifications as read',
    response: MarkedRead,
    errors: [NotificationProblem.notification_not_found],
  })
  async markRead(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<MarkedRead> {
    await this.notifications.markRead(actor, id);
    return { status: 'notification marked as read' };
  }
}
