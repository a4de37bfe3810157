import { EventEmitter } from 'node:events';
import { type Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Budgets } from '../infrastructure/budgets/budgets.service.js';
import { UnreadAnswers } from './unread-answers.js';

type OnSend = (request: FastifyRequest, reply: FastifyReply, payload: string, done: () => void) => void;

/** A socket whose reader takes nothing of a response of 100,000 bytes. */
class UnreadSocket extends EventEmitter {
  readonly bytesWritten = 100_000;
  readonly writableLength = 100_000;
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }
}

describe('a reader that takes nothing for SLOW_READER_SECONDS', () => {
  let now = 0;
  beforeEach(() => {
    now = 0;
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** Answers, and looks at the reader at these times, in ms. @returns whether it was cut off */
  function isCutOff(...looks: number[]): boolean {
    const hooks: OnSend[] = [];
    const budgets = { count: () => ({ release: () => undefined }), isFull: () => false };
    const answers = new UnreadAnswers(budgets as unknown as Budgets, 2000);
    answers.watch({ addHook: (_: string, hook: OnSend) => hooks.push(hook) } as unknown as FastifyInstance);
    const socket = new UnreadSocket();
    const request = { raw: { socket: socket as unknown as Socket, method: 'GET' }, user: { id: 7 } };
    const reply = { raw: new EventEmitter(), header: () => undefined };
    hooks[0]?.(request as FastifyRequest, reply as unknown as FastifyReply, 'x'.repeat(100_000), () => undefined);
    for (const look of looks) {
      now = look;
      jest.advanceTimersByTime(1000);
    }
    return socket.destroyed;
  }

  it('is cut off', () => {
    expect(isCutOff(1000)).toBe(false);
    now = 0;
    expect(isCutOff(1000, 2000)).toBe(true);
  });

  it('is not where the process stood still for that time', () => {
    expect(isCutOff(5000)).toBe(false);
    now = 0;
    expect(isCutOff(5000, 6000)).toBe(true);
  });
});
