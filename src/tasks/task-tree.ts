import { type Status } from './task.entity.js';

/** A task among those that a change concerns; deleted ones do not count. */
export interface TaskNode {
  readonly id: number;
  readonly title: string;
  readonly parentId: number | null;
  readonly status: Status;
}

/** Groups tasks by the id of their parent. */
export function childrenByParent<T extends TaskNode>(nodes: readonly T[]): Map<number | null, T[]> {
  const groups = new Map<number | null, T[]>();
  for (const node of nodes) {
    const group = groups.get(node.parentId);
    if (group) group.push(node);
    else groups.set(node.parentId, [node]);
  }
  return groups;
}

/** Orders tasks so that each comes after its parent. */
export function parentsFirst<T extends TaskNode>(nodes: readonly T[]): T[] {
  const byParent = childrenByParent(nodes);
  const ids = new Set(nodes.map(({ id }) => id));
  const ordered = nodes.filter(({ parentId }) => parentId === null || !ids.has(parentId));
  for (let i = 0; i < ordered.length; i++)
    for (const child of byParent.get(ordered[i]?.id ?? null) ?? []) ordered.push(child);
  return ordered;
}

/** Collects the ids of a task and its ancestors. */
export function lineageOf(nodes: readonly TaskNode[], id: number | null): Set<number> {
  const parents = new Map(nodes.map((node) => [node.id, node.parentId]));
  const found = new Set<number>();
  for (let next = id; next !== null && !found.has(next); next = parents.get(next) ?? null) found.add(next);
  return found;
}

/** Finds a task and its descendants, the task first. */
export function subtree<T extends TaskNode>(nodes: readonly T[], rootId: number): T[] {
  const byParent = childrenByParent(nodes);
  const found = nodes.filter(({ id }) => id === rootId);
  // One by one: children as arguments of a single call would overflow the stack from some 125,000 on.
  for (let i = 0; i < found.length; i++)
    for (const child of byParent.get(found[i]?.id ?? null) ?? []) found.push(child);
  return found;
}
