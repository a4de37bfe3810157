import { setTimeout as sleep } from 'node:timers/promises';

/** Requests between a worker and its primary. */
export type IpcRequest =
  /** Reports that the worker serves. */
  | { readonly what: 'serving'; readonly url: string }
  /** Reports that the worker failed to start, and ends. */
  | { readonly what: 'failed'; readonly message: string }
  /** Requests a worker's metrics, or from the primary those of all workers, as text. */
  | { readonly what: 'metrics' }
  /** Invalidates cached sessions and users; sent to the primary, which passes it to all other workers. */
  | { readonly what: 'forget'; readonly items: readonly string[] };

type Message =
  | { readonly id: number; readonly question: IpcRequest }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly fault: string };

type Waiting = (message: Message) => void;

const TIMEOUT_MS = 5000;

/** Requests and responses over the IPC channel between a worker and its primary, the same at both ends. */
export class IpcChannel {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  /**
   * @param send sends a message to the other end; undeliverable ones are lost
   * @param answer handles a request of the other end
   */
  constructor(
    private readonly send: (message: object) => void,
    private readonly answer: (question: IpcRequest) => Promise<unknown>,
  ) {}

  /** Sends a request. @throws Error where the other end fails, is gone, or does not respond in time */
  async request<T>(question: IpcRequest, timeoutMs = TIMEOUT_MS): Promise<T> {
    const id = ++this.last;
    const over = new AbortController();
    const answered = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    const late = sleep(timeoutMs, { id, fault: `No answer to "${question.what}" in time` }, { signal: over.signal });
    try {
      this.send({ ctms: { id, question } });
      const message = await Promise.race([answered, late]);
      if ('fault' in message) throw new Error(message.fault);
      return (message as { answer: T }).answer;
    } finally {
      this.waiting.delete(id);
      over.abort();
      late.catch(() => undefined);
    }
  }

  /** Handles a message of the other end; ignores other messages on the same channel. */
  handle(received: unknown): void {
    const message = (received as { ctms?: Message } | null)?.ctms;
    if (!message) return;
    if ('question' in message) void this.reply(message.id, message.question);
    else this.waiting.get(message.id)?.(message);
  }

  /** Rejects the pending requests, since the other end is gone. */
  close(): void {
    for (const [id, resolve] of this.waiting) resolve({ id, fault: 'The other process has ended' });
  }

  private async reply(id: number, question: IpcRequest): Promise<void> {
    try {
      this.send({ ctms: { id, answer: await this.answer(question) } });
    } catch (error) {
      this.send({ ctms: { id, fault: (error as Error).message } });
    }
  }
}
