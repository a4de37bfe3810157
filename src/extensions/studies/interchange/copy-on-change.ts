import { type JsonObject } from './study-record.js';

/** Returns a list with its items changed: the list itself where all are the same, since a document has hundreds of thousands of values. */
export function changedList(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const changed = change(item);
    if (changed !== item) (copy ??= [...list])[index] = changed;
  }
  return copy ?? list;
}

/** Returns an object with its members changed, without those that become undefined: the object itself where all are the same. */
export function changedObject(object: JsonObject, change: (name: string, member: unknown) => unknown): JsonObject {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(object)) {
    const member = object[name];
    const changed = change(name, member);
    if (changed === member) continue;
    copy ??= { ...object };
    if (changed === undefined) delete copy[name];
    else copy[name] = changed;
  }
  return copy ?? object;
}
