import { setTimeout as sleep } from 'node:timers/promises';

/** What a worker and its primary ask of each other. */
export type IpcRequest =
  /** It serves. */
  | { readonly what: 'serving'; readonly url: string }
  /** It cannot, and ends. */
  | { readonly what: 'failed'; readonly message: string }
  /** Of a worker: what it has counted. Of the primary: the same of all workers, as text. */
  | { readonly what: 'metrics' }
  /** Sessions and users that have changed are to be forgotten; asked of the primary, by all other workers. */
  | { readonly what: 'forget'; readonly items: readonly string[] };

type Message =
  | { readonly id: number; readonly question: IpcRequest }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly fault: string };

type Waiting = (message: Message) => void;

const PATIENCE_MS = 5000;

/** Questions and answers over the channel between a worker and its primary, the same at both of its ends. */
export class IpcChannel {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  /**
   * @param send hands a message to the other end; what cannot be sent is lost
   * @param answer what the other end asks
   */
  constructor(
    private readonly send: (message: object) => void,
    private readonly answer: (question: IpcRequest) => Promise<unknown>,
  ) {}

  /** @throws Error where the other end fails, is gone, or does not answer in time */
  async request<T>(question: IpcRequest, patienceMs = PATIENCE_MS): Promise<T> {
    const id = ++this.last;
    const over = new AbortController();
    const answered = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    const late = sleep(patienceMs, { id, fault: `No answer to "${question.what}" in time` }, { signal: over.signal });
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

  /** Takes what came from the other end; messages of others on the same channel are left alone. */
  handle(heard: unknown): void {
    const message = (heard as { ctms?: Message } | null)?.ctms;
    if (!message) return;
    if ('question' in message) void this.reply(message.id, message.question);
    else this.waiting.get(message.id)?.(message);
  }

  /** The other end is gone: nobody waits for it. */
  close(): void {
    for (const [id, tell] of this.waiting) tell({ id, fault: 'The other process has ended' });
  }

  private async reply(id: number, question: IpcRequest): Promise<void> {
    try {
      this.send({ ctms: { id, answer: await this.answer(question) } });
    } catch (error) {
      this.send({ ctms: { id, fault: (error as Error).message } });
    }
  }
}
