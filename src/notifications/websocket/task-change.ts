import { type AuditEntryDraft } from '../../core/persistence/audited.decorator.js';

export type ChangeKind = 'created' | 'updated' | 'deleted';

/** Values before the change of the fields by which visibility is judged; those that did not change are left out. */
export interface AttributesBefore {
  readonly assigned_to?: number;
  readonly priority?: string;
}

/** A committed change of a task, as replicas publish it to each other. */
export interface TaskChange {
  readonly taskId: number;
  readonly version: number;
  readonly change: ChangeKind;
  readonly before: AttributesBefore;
}

const JUDGED = ['assigned_to', 'priority'] as const;
const CODES: Readonly<Record<string, ChangeKind>> = { c: 'created', u: 'updated', d: 'deleted' };

/** Extracts the changes of tasks from the audit entries of a transaction, in their order. */
export function taskChangesIn(entries: readonly AuditEntryDraft[]): TaskChange[] {
  return entries.flatMap(({ entityType, entityId, entityVersion, action, changes }) => {
    if (entityType !== 'task' || entityId === null || entityVersion === null) return [];
    const change = kindOf(action);
    return [{ taskId: entityId, version: entityVersion, change, before: change === 'updated' ? before(changes) : {} }];
  });
}

/** A restored task enters the lists again, as a new one does. */
function kindOf(action: string): ChangeKind {
  const verb = action.split('.')[1];
  if (verb === 'created' || verb === 'restored') return 'created';
  return verb === 'deleted' ? 'deleted' : 'updated';
}

function before(changes: AuditEntryDraft['changes']): AttributesBefore {
  return Object.fromEntries(JUDGED.flatMap((field) => (changes[field] ? [[field, changes[field][0]]] : [])));
}

/** Encodes a change without blanks, as `PgNotifyBus` needs it: `17:5:u` or `17:5:u:{"assigned_to":3}`. */
export function encodeTaskChange({ taskId, version, change, before: values }: TaskChange): string {
  const item = `${taskId}:${version}:${change.charAt(0)}`;
  return Object.keys(values).length > 0 ? `${item}:${JSON.stringify(values)}` : item;
}

/** @returns undefined where another release wrote an item that this one does not know */
export function decodeTaskChange(item: string): TaskChange | undefined {
  const [, id, version, code = '', values = '{}'] = /^(\d+):(\d+):(\w)(?::(\{.*\}))?$/.exec(item) ?? [];
  const change = CODES[code];
  if (!change) return undefined;
  return { taskId: Number(id), version: Number(version), change, before: JSON.parse(values) as AttributesBefore };
}
