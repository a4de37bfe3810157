import { type Config } from '../../core/config/config.js';
import { type NotificationKinds } from '../notification-kinds.sql.js';
import { TOPICS } from './client-command.js';

const id = { type: 'integer', format: 'int32', minimum: 1, examples: [7] };
const topics = { type: 'array', minItems: 1, items: { type: 'string', enum: TOPICS }, examples: [TOPICS] };

/** Schema of a frame: all its members are required, and there are no others. */
function frame(properties: Readonly<Record<string, object>>, description?: string): object {
  return {
    type: 'object',
    ...(description && { description }),
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  };
}

const change = (kinds: readonly string[], more: Readonly<Record<string, object>> = {}): object =>
  frame({ type: { const: 'task' }, change: { enum: kinds }, task_id: id, ...more });

const notificationOf = (types: readonly string[]): object =>
  frame({
    id,
    message: { type: 'string', examples: ['manager gave you the task "Blood samples"'] },
    notification_type: { type: 'string', enum: types },
    task_id: { ...id, type: ['integer', 'null'] },
    created_at: { type: 'string', format: 'date-time', examples: ['2026-03-01T09:30:00.000Z'] },
    read: { type: 'boolean' },
  });

interface Message {
  readonly summary: string;
  readonly payload: object;
  readonly example: object;
}

/** Messages that the server sends, by name. */
const sent = (types: readonly string[]): Readonly<Record<string, Message>> => ({
  notification: {
    summary: 'A notification of the user: first the undelivered ones, oldest first, then each when it is written',
    payload: frame({ type: { const: 'notification' }, notification: notificationOf(types) }),
    example: {
      type: 'notification',
      notification: {
        id: 7,
        message: 'manager gave you the task "Blood samples"',
        notification_type: 'task_assigned',
        task_id: 3,
        created_at: '2026-03-01T09:30:00.000Z',
        read: false,
      },
    },
  },
  task: {
    summary: 'A change of a task that the user may see; `hidden` where it left what the user may see',
    payload: { oneOf: [change(['created', 'updated', 'deleted'], { version: id }), change(['hidden'])] },
    example: { type: 'task', change: 'updated', task_id: 3, version: 2 },
  },
  resync: {
    summary:
      'Changes of these topics may have been lost, too many wait, or what the user may see has changed: read again',
    payload: frame({ type: { const: 'resync' }, topics }),
    example: { type: 'resync', topics: ['tasks'] },
  },
  read_confirmation: {
    summary: 'The notification is read',
    payload: frame({ type: { const: 'read_confirmation' }, notification_id: id }),
    example: { type: 'read_confirmation', notification_id: 7 },
  },
  all_read_confirmation: {
    summary: 'All notifications are read',
    payload: frame({ type: { const: 'all_read_confirmation' } }),
    example: { type: 'all_read_confirmation' },
  },
  subscribed: {
    summary: 'All topics that are subscribed now',
    payload: frame({ type: { const: 'subscribed' }, topics: { ...topics, minItems: 0 } }),
    example: { type: 'subscribed', topics: ['tasks'] },
  },
  error: {
    summary: 'The command changed nothing',
    payload: frame({
      type: { const: 'error' },
      code: { type: 'string', enum: ['invalid_topics', 'unknown_topic'] },
      detail: { type: 'string' },
    }),
    example: { type: 'error', code: 'unknown_topic', detail: 'There is no topic "users"; there are: tasks' },
  },
});

/** Messages that a client sends, by name, each with its replies. A malformed or unknown one is ignored. */
const RECEIVED: Readonly<Record<string, Message & { readonly replies: readonly string[] }>> = {
  mark_read: {
    summary: 'Mark a notification as read; no reply where there is none of this id',
    payload: frame({ action: { const: 'mark_read' }, notification_id: id }),
    example: { action: 'mark_read', notification_id: 7 },
    replies: ['read_confirmation'],
  },
  mark_all_read: {
    summary: 'Mark all notifications as read',
    payload: frame({ action: { const: 'mark_all_read' } }),
    example: { action: 'mark_all_read' },
    replies: ['all_read_confirmation'],
  },
  subscribe: {
    summary: 'Subscribe to topics',
    payload: frame({ action: { const: 'subscribe' }, topics }),
    example: { action: 'subscribe', topics: ['tasks'] },
    replies: ['subscribed', 'error'],
  },
  unsubscribe: {
    summary: 'End subscriptions',
    payload: frame({ action: { const: 'unsubscribe' }, topics }),
    example: { action: 'unsubscribe', topics: ['tasks'] },
    replies: ['subscribed', 'error'],
  },
};

const PUSHED = ['notification', 'task', 'resync'];
const CHANNEL = { $ref: '#/channels/live' };
const inChannel = (name: string) => ({ $ref: `#/channels/live/messages/${name}` });

function messages(all: Readonly<Record<string, Message>>): object {
  return Object.fromEntries(
    Object.entries(all).map(([name, { summary, payload, example }]) => [
      name,
      { name, summary, payload, examples: [{ payload: example }] },
    ]),
  );
}

function operations(): object {
  const pushed = PUSHED.map((name) => [
    `send_${name}`,
    { action: 'send', channel: CHANNEL, messages: [inChannel(name)] },
  ]);
  const commands = Object.entries(RECEIVED).map(([name, { summary, replies }]) => [
    name,
    {
      action: 'receive',
      summary,
      channel: CHANNEL,
      messages: [inChannel(name)],
      reply: { channel: CHANNEL, messages: replies.map(inChannel) },
    },
  ]);
  return Object.fromEntries([...pushed, ...commands]);
}

/** Builds the AsyncAPI 3 document of the WebSocket: its messages, seen from the server. */
export function asyncApiDocument(config: Config, kinds: Pick<NotificationKinds, 'everyType'>): object {
  const all = { ...sent(kinds.everyType), ...RECEIVED };
  return {
    asyncapi: '3.0.0',
    info: {
      title: `${config.appName} live`,
      version: config.appVersion,
      description:
        'Notifications and changes of tasks as JSON text frames. Close code 4001: get a fresh token and ticket. A handshake beyond the ' +
        'rate limit is answered with 429, one at an overloaded server with 503: reconnect after `Retry-After`. The HTTP API is ' +
        'described by `/openapi.json`.',
      license: { name: 'Proprietary, all rights reserved' },
    },
    defaultContentType: 'application/json',
    servers: {
      installation: {
        host: '{host}',
        protocol: 'wss',
        description: 'This installation; `ws` where it is served without TLS',
        variables: { host: { default: 'localhost:8000', description: 'Host and port of the API' } },
        security: [{ $ref: '#/components/securitySchemes/ticket' }],
      },
    },
    channels: {
      live: {
        address: '/ws/notifications/',
        messages: Object.fromEntries(Object.keys(all).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: {
          ws: {
            method: 'GET',
            query: { type: 'object', properties: { ticket: { type: 'string', description: 'Opens one socket' } } },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: operations(),
    components: {
      messages: messages(all),
      securitySchemes: {
        ticket: {
          type: 'httpApiKey',
          in: 'query',
          name: 'ticket',
          description: 'Of `POST /api/auth/socket-ticket`, valid once and for 30 seconds',
        },
      },
    },
  };
}
