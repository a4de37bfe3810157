import { setImmediate as nextTurn } from 'node:timers/promises';

/** Characters that are written in one turn of the event loop: about a millisecond. */
const PART = 64 * 1024;

/** Container that is being written. */
interface Level {
  readonly open: string;
  readonly close: string;
  readonly members: Iterator<readonly [name: string, value: unknown]>;
  separator: string;
}

/** Serializes a large plain value as `JSON.stringify` does, in parts between which the event loop goes on. */
export async function writeJsonDocument(value: unknown): Promise<Buffer> {
  const parts: Buffer[] = [];
  let text = '';
  for (const token of tokens(value)) {
    text += token;
    if (text.length < PART) continue;
    parts.push(Buffer.from(text));
    text = '';
    await nextTurn();
  }
  return Buffer.concat([...parts, Buffer.from(text)]);
}

/** Yields the tokens of a value; without recursion, since each token would go through all levels. */
function* tokens(root: unknown): Generator<string> {
  const levels: Level[] = [{ open: '', close: '', separator: '', members: [['', root] as const].values() }];
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const next = level.members.next();
    if (next.done) {
      yield level.close;
      levels.pop();
      continue;
    }
    const [name, value] = next.value;
    const before = level.separator + name;
    level.separator = ',';
    const inner = typeof value === 'object' && value !== null ? levelOf(value) : undefined;
    yield before + (inner?.open ?? JSON.stringify(value) ?? 'null');
    if (inner) levels.push(inner);
  }
}

const levelOf = (container: object): Level =>
  Array.isArray(container)
    ? { open: '[', close: ']', separator: '', members: itemsOf(container) }
    : { open: '{', close: '}', separator: '', members: membersOf(container as Readonly<Record<string, unknown>>) };

function* itemsOf(list: readonly unknown[]): Generator<readonly [string, unknown]> {
  for (const item of list) yield ['', item];
}

function* membersOf(object: Readonly<Record<string, unknown>>): Generator<readonly [string, unknown]> {
  for (const name of Object.keys(object))
    if (object[name] !== undefined) yield [`${JSON.stringify(name)}:`, object[name]];
}
