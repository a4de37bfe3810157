import { isUtf8 } from 'node:buffer';
import { DumpInput } from './dump-input.js';
import { FROM_DATABASE } from './foreign-formats.js';
import {
  skippedModel,
  type Entity,
  type LegacyRecord,
  type LegacySource,
  type SkippedModel,
  type Unreadable,
} from './legacy-source.js';
import { RecordSplitter, type RawRecord } from './record-splitter.js';
import { SourceError } from './source-error.js';

const MODELS = {
  user: 'users.user',
  profile: 'users.profile',
  tag: 'tasks.tag',
  task: 'tasks.task',
  link: 'tasks.task',
  history: 'tasks.taskhistory',
  notification: 'notifications.notification',
} as const;

const entities = new Map<string, Entity>([
  ['auth.user', 'user'],
  ...(Object.entries(MODELS) as [Entity, string][])
    .filter(([entity]) => entity !== 'link')
    .map(([entity, model]): [string, Entity] => [model, entity]),
]);

const MAX_OTHER_MODELS = 200;
const RECORD_FORM = 'not of the form {"model", "pk", "fields"}';
const DUMP_AGAIN = 'Dump it again: python manage.py dumpdata users tasks notifications --output dump.json';

/** Reads the output of `manage.py dumpdata`: records `{model, pk, fields}` in any order, as an array or as JSON Lines. */
export class DjangoFile implements LegacySource {
  readonly models: Record<Entity, string> = { ...MODELS };
  private readonly others = new Map<string, number>();
  private damaged: Unreadable[] = [];
  /** Records that were taken or damaged. */
  private related = 0;
  private digest?: string;

  private constructor(
    private readonly input: DumpInput,
    readonly name: string,
  ) {}

  /**
   * @param origin path of a file or a pipe; `-` for the standard input
   * @throws SourceError where it cannot be opened
   */
  static async open(origin: string, name = 'django-json'): Promise<DjangoFile> {
    return new DjangoFile(await DumpInput.open(origin), name);
  }

  /** Reads in constant memory, as the consumer takes the batches. */
  async *records(): AsyncGenerator<LegacyRecord[]> {
    const splitter = new RecordSplitter();
    try {
      for await (const chunk of this.input.text()) yield this.readable(splitter.write(chunk));
      splitter.end();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      throw new SourceError(
        `${this.input.name} cannot be imported. ${error.message}`.replace(`. ${error.remedy}`, ''),
        error.remedy,
      );
    }
    this.digest = this.input.sha256();
    this.assertRelated();
  }

  skipped(): SkippedModel[] {
    return [...this.others].sort().map(([model, count]) => skippedModel(model, count));
  }

  takeUnreadable(): Unreadable[] {
    const damaged = this.damaged;
    this.damaged = [];
    return damaged;
  }

  sha256(): string | undefined {
    return this.digest;
  }

  progress(): number | undefined {
    const { read, size } = this.input;
    return size && Math.min(1, read / size);
  }

  /** Set for a file, which can be read a second time. */
  get isFile(): boolean {
    return this.input.isFile;
  }

  async close(): Promise<void> {
    this.input.close();
  }

  private readable(raws: readonly RawRecord[]): LegacyRecord[] {
    return raws.flatMap((raw) => {
      const record = this.parsed(raw);
      return record ? [record] : [];
    });
  }

  private parsed(raw: RawRecord): LegacyRecord | undefined {
    if (!isUtf8(raw.text)) {
      return this.unfit(
        raw,
        'has bytes that are not UTF-8',
        'Convert the file: iconv -f ENCODING -t UTF-8, or dump it again',
      );
    }
    let value: Partial<Record<string, unknown>>;
    try {
      value = JSON.parse(raw.text.toString()) as typeof value;
    } catch (error) {
      return this.unfit(raw, ...jsonFault(raw.text, error as Error));
    }
    const { model, pk, fields } = value;
    if (typeof model !== 'string' || typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      return this.unfit(raw, `is ${RECORD_FORM}`, `${DUMP_AGAIN}; ${FROM_DATABASE}`);
    }
    return this.record(model, { pk, number: raw.number, fields: fields as LegacyRecord['fields'] });
  }

  private record(model: string, record: Omit<LegacyRecord, 'entity'>): LegacyRecord | undefined {
    const entity = entityOf(model.toLowerCase(), record.fields);
    if (entity) {
      this.related++;
      if (entity === 'user' || entity === 'profile') this.models[entity] = model;
      return { entity, ...record };
    }
    const name = this.others.has(model) || this.others.size < MAX_OTHER_MODELS ? model.slice(0, 100) : 'further models';
    this.others.set(name, (this.others.get(name) ?? 0) + 1);
    return undefined;
  }

  private unfit({ number, text }: RawRecord, message: string, remedy: string): undefined {
    this.related++;
    const start = text.subarray(0, 300).toString('latin1');
    const model = /"model":\s*"([\w.]{1,100})"/.exec(start)?.[1] ?? 'unknown';
    const pk = /"pk":\s*(\d{1,10})\b/.exec(start)?.[1];
    this.damaged.push({ number, model, pk: pk ? Number(pk) : null, message: `record ${number} ${message}`, remedy });
  }

  private assertRelated(): void {
    if (this.related > 0) return;
    const found = [...this.others.keys()].sort().slice(0, 10).join(', ');
    throw new SourceError(
      found
        ? `${this.input.name} has none of the records that are brought over; it has ${found}`
        : `${this.input.name} is a dump without any record`,
      'Dump users, tasks and notifications: python manage.py dumpdata users tasks notifications --output dump.json ' +
        '(auth instead of users, where Django’s own user model is used)',
    );
  }
}

/** Recognizes an entity by its model or, for users and profiles in an app of another name, by its fields. */
function entityOf(model: string, fields: LegacyRecord['fields']): Entity | undefined {
  const known = entities.get(model);
  if (known) return known;
  if (/\.(custom|app)?user$/.test(model) && 'username' in fields && 'password' in fields) return 'user';
  const isProfile = /\.(user)?profile$/.test(model) && ('user' in fields || 'user_id' in fields);
  return isProfile && ('role' in fields || 'timezone' in fields || 'time_zone' in fields) ? 'profile' : undefined;
}

function jsonFault(text: Buffer, { message }: Error): [string, string] {
  if (/[:[,]\s*-?(NaN|Infinity)\b/.test(text.toString('latin1'))) {
    return ['holds NaN or Infinity, which are not JSON', 'Give that field a number in the old system, and dump again'];
  }
  // V8 quotes the text around the fault, which may be a hash.
  const place = /at position (\d+)/.exec(message)?.[1];
  return [`is not JSON${place ? ` (at its character ${place})` : ''}`, DUMP_AGAIN];
}
