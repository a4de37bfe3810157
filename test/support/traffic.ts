import { setTimeout as sleep } from 'node:timers/promises';

const PASSWORD = 'trial-demo-2026';
/** So long the product may take to work again after what was done to it has ended. */
const RECOVERY_MS = 20_000;
/** Between requests of a lane: enough are under way at any time, and other specs have a share of the machine. */
const PAUSE_MS = 10;

/** Reads and writes of a manager, over and over, and what became of them. */
export class Traffic {
  /** Answers by their status. */
  readonly answers = new Map<number, number>();
  /** Anything but 200 and 503 with its `Retry-After`: an answer, or a connection that broke. */
  readonly unexpected: string[] = [];
  private stopped = false;

  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly ids: readonly number[],
  ) {}

  /** @param url of a product with demo data */
  static async of(url: string): Promise<Traffic> {
    const login = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'manager', password: PASSWORD }),
    });
    const { access } = (await login.json()) as { access: string };
    const tasks = await fetch(`${url}/api/tasks?limit=50`, { headers: { Authorization: `Bearer ${access}` } });
    const ids = ((await tasks.json()) as { id: number }[]).map(({ id }) => id);
    return new Traffic(url, access, ids);
  }

  /** Resolves after `stop`. @param parallel how many requests are under way at a time */
  async run(parallel: number): Promise<void> {
    await Promise.all(Array.from({ length: parallel }, (_, lane) => this.lane(lane)));
  }

  stop(): void {
    this.stopped = true;
  }

  /** Waits until a read and a write succeed. @throws where they do not */
  async works(patienceMs = RECOVERY_MS): Promise<void> {
    for (const end = Date.now() + patienceMs; ; await sleep(100)) {
      const statuses = [await this.status(this.read()), await this.status(this.write(0, 'works'))];
      if (statuses.every((status) => status === 200)) return;
      if (Date.now() > end) throw new Error(`Still ${statuses.join(', ')} after ${patienceMs} ms`);
    }
  }

  /** @param requestId by which the request log has it */
  read(requestId?: string): Promise<Response> {
    return this.send('GET', '/api/tasks?limit=20', undefined, requestId);
  }

  write(n: number, text: string): Promise<Response> {
    return this.send('PATCH', `/api/tasks/${this.ids[n % this.ids.length]}`, { description: `${text} ${n}` });
  }

  get(path: string): Promise<Response> {
    return this.send('GET', path);
  }

  patch(id: number, body: object): Promise<Response> {
    return this.send('PATCH', `/api/tasks/${id}`, body);
  }

  private async lane(lane: number): Promise<void> {
    for (let n = lane; !this.stopped; n++, await sleep(PAUSE_MS)) {
      const request = n % 3 === 0 ? this.read() : this.write(n, `lane ${lane}`);
      try {
        const answer = await request;
        const text = await answer.text();
        this.answers.set(answer.status, (this.answers.get(answer.status) ?? 0) + 1);
        const busy = answer.status === 503 && Number(answer.headers.get('Retry-After')) > 0;
        if (answer.status !== 200 && !busy) this.unexpected.push(`${answer.status} ${text}`);
      } catch (error) {
        this.unexpected.push(String((error as Error).cause ?? error));
        await sleep(50);
      }
    }
  }

  private async status(request: Promise<Response>): Promise<number | string> {
    try {
      const answer = await request;
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      return String((error as Error).cause ?? error);
    }
  }

  private send(method: string, path: string, body?: object, requestId?: string): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(requestId && { 'X-Request-Id': requestId }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}
