import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TextDecoder } from 'node:util';
import { JSONParser } from '@streamparser/json';
import { leftOut, type Entity, type LegacyRecord, type LegacySource, type LeftOut } from './legacy-source.js';

const MODELS = {
  user: 'users.user',
  tag: 'tasks.tag',
  task: 'tasks.task',
  link: 'tasks.task',
  history: 'tasks.taskhistory',
  notification: 'notifications.notification',
} as const;

const entities = new Map<string, Entity>(
  (Object.entries(MODELS) as [Entity, string][])
    .filter(([entity]) => entity !== 'link')
    .map(([entity, model]) => [model, entity]),
);

/** What `manage.py dumpdata` wrote: an array of `{model, pk, fields}`, in any order, in UTF-8 or UTF-16. */
export class DjangoFile implements LegacySource {
  readonly models = MODELS;
  private readonly hash = createHash('sha256');
  private readonly others = new Map<string, number>();
  private digest?: string;
  private count = 0;

  private constructor(
    private readonly path: string,
    private readonly encoding: string,
    readonly name: string,
  ) {}

  /** @throws Error where there is no such file, or where it cannot be read */
  static async open(file: string, name = 'django-json'): Promise<DjangoFile> {
    const path = resolve(file);
    try {
      return new DjangoFile(path, await encodingOf(path), name);
    } catch (error) {
      throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Reads in constant memory, as the consumer takes the batches. */
  async *records(): AsyncGenerator<LegacyRecord[]> {
    const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
    let batch: LegacyRecord[] = [];
    parser.onValue = ({ value }) => this.take(value, batch);
    let begun = false;
    for await (const text of this.texts()) {
      if (!begun && text.trim()) begun = isArray(text);
      this.checked(() => parser.write(text));
      yield batch;
      batch = [];
    }
    if (!begun || !parser.isEnded) throw new Error(`${this.path} ends before its JSON does: is it cut off?`);
  }

  leftOut(): LeftOut[] {
    return [...this.others].sort().map(([model, count]) => leftOut(model, count));
  }

  sha256(): string | undefined {
    return this.digest;
  }

  async close(): Promise<void> {}

  private async *texts(): AsyncGenerator<string> {
    const decoder = new TextDecoder(this.encoding, { fatal: true });
    for await (const chunk of createReadStream(this.path) as AsyncIterable<Buffer>) {
      this.hash.update(chunk);
      yield this.checked(() => decoder.decode(chunk, { stream: true }));
    }
    this.checked(() => decoder.decode());
    this.digest = this.hash.digest('hex');
  }

  private take(value: unknown, batch: LegacyRecord[]): void {
    this.count++;
    const { model, pk, fields } = (value ?? {}) as Partial<Record<string, unknown>>;
    if (typeof model !== 'string' || typeof fields !== 'object' || fields === null) {
      throw new Error(`record ${this.count} is not of the form {"model", "pk", "fields"}`);
    }
    const entity = entities.get(model.toLowerCase());
    if (entity) batch.push({ entity, pk, fields: fields as LegacyRecord['fields'] });
    else this.others.set(model, (this.others.get(model) ?? 0) + 1);
  }

  private checked<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? `it is not valid ${this.encoding}` : message;
      throw new Error(`${this.path} is not a dumpdata file: ${reason}`, { cause: error });
    }
  }
}

/** By the byte order mark, or, without one, by the zero byte beside the first bracket. */
async function encodingOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    const [first, second] = buffer;
    if ((first === 0xff && second === 0xfe) || second === 0) return 'utf-16le';
    if ((first === 0xfe && second === 0xff) || first === 0) return 'utf-16be';
    return 'utf-8';
  } finally {
    await file.close();
  }
}

function isArray(text: string): true {
  const [start = ''] = text.trimStart();
  if (start !== '[') throw new Error(`The file must begin with "[", the start of an array; it begins with "${start}"`);
  return true;
}
