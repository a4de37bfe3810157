import { isJsonObject } from '../json-reader.js';
import { type JsonObject } from '../study-record.js';

/** A resource with its place in the document. */
export interface Located {
  readonly value: JsonObject;
  readonly pointer: string;
}

/** The resources that a study contains, by their ids. Those that are added to its list are found as well. */
export class ContainedResources {
  private readonly byId = new Map<string, Located>();
  /** Number of items that are in the index: an item is read once, however many references there are. */
  private indexed = 0;

  constructor(private readonly study: Located) {}

  find(id: string): Located | undefined {
    this.index();
    return this.byId.get(id);
  }

  private index(): void {
    const { contained } = this.study.value;
    if (!Array.isArray(contained)) return;
    for (; this.indexed < contained.length; this.indexed++) {
      const value = contained[this.indexed] as unknown;
      if (!isJsonObject(value) || typeof value.id !== 'string' || this.byId.has(value.id)) continue;
      this.byId.set(value.id, { value, pointer: `${this.study.pointer}/contained/${this.indexed}` });
    }
  }
}
