import { MAX_ID } from '../../core/http/field.validators.js';

/** Topics that a connection can subscribe to beside its notifications. */
export const TOPICS = ['tasks'] as const;
export type Topic = (typeof TOPICS)[number];

/** The commands that a client sends over its socket. */
export type ClientCommand =
  | { readonly action: 'mark_read'; readonly id: number }
  | { readonly action: 'mark_all_read' }
  | { readonly action: 'subscribe' | 'unsubscribe'; readonly topics: unknown };

/** @returns undefined for a malformed frame or an unknown command, which is ignored */
export function parseCommand(text: string): ClientCommand | undefined {
  const frame = parsed(text);
  switch (frame?.action) {
    case 'mark_all_read':
      return { action: 'mark_all_read' };
    case 'mark_read':
      return isId(frame.notification_id) ? { action: 'mark_read', id: frame.notification_id } : undefined;
    case 'subscribe':
    case 'unsubscribe':
      return { action: frame.action, topics: frame.topics };
    default:
      return undefined;
  }
}

/** Error frame: the command changed nothing. */
export interface CommandError {
  readonly type: 'error';
  readonly code: 'invalid_topics' | 'unknown_topic';
  readonly detail: string;
}

/** Checks the topics of a command. @returns an error frame where they are no list, empty, or one is unknown */
export function topicsOrError(topics: unknown): readonly Topic[] | CommandError {
  if (!Array.isArray(topics) || topics.length === 0 || !topics.every((topic) => typeof topic === 'string'))
    return {
      type: 'error',
      code: 'invalid_topics',
      detail: `Name topics as a list, such as ${JSON.stringify(TOPICS)}`,
    };
  const unknown = topics.find((topic) => !isTopic(topic));
  if (unknown === undefined) return topics as Topic[];
  const name = JSON.stringify(unknown.slice(0, 50));
  return { type: 'error', code: 'unknown_topic', detail: `There is no topic ${name}; there are: ${TOPICS.join(', ')}` };
}

const isTopic = (text: string): text is Topic => (TOPICS as readonly string[]).includes(text);

const isId = (id: unknown): id is number => Number.isSafeInteger(id) && Number(id) > 0 && Number(id) <= MAX_ID;

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
