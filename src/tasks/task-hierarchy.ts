import { type Status } from './task.entity.js';

/** A task among its ancestors and descendants; deleted ones do not count. */
export interface TaskNode {
  readonly id: number;
  readonly title: string;
  readonly parentId: number | null;
  readonly status: Status;
}

/** Why a status change is rejected: `task` requests it, the status of `other` conflicts with it. */
export interface Conflict {
  readonly kind: 'child_unfinished' | 'parent_completed';
  readonly task: TaskNode;
  readonly other: TaskNode;
}

export interface StatusCascade {
  /** The new status of every other task that changes, by id. */
  readonly cascades: ReadonlyMap<number, Status>;
  readonly conflict?: Conflict;
}

/**
 * Resolves the statuses that follow from requested ones (contract, section 3, "Parent and child"): a parent completes
 * its pending children and conflicts with running or blocked ones; a child that becomes blocked blocks its parent, up
 * the tree, and conflicts with a completed one.
 *
 * @param nodes the tasks with all their ancestors and descendants, as they will be linked
 * @param requested the new statuses by id
 * @param attached ids of new or moved tasks: a blocked one blocks its parent although its status does not change
 */
export function resolveStatusCascade(
  nodes: readonly TaskNode[],
  requested: ReadonlyMap<number, Status>,
  attached: ReadonlySet<number> = new Set(),
): StatusCascade {
  const hierarchy = new TaskHierarchy(nodes, requested);
  const changes = ({ id, status }: TaskNode) => requested.has(id) && requested.get(id) !== status;
  const triggers = nodes.filter((node) => attached.has(node.id) || changes(node));
  // A completed task that is merely moved leaves its children alone.
  const completed = triggers.filter((node) => changes(node) && hierarchy.statusOf(node) === 'completed');
  const blocked = triggers.filter((node) => hierarchy.statusOf(node) === 'blocked');
  const conflict =
    firstResult(completed, (node) => hierarchy.complete(node)) ?? firstResult(blocked, (node) => hierarchy.block(node));
  return conflict ? { cascades: new Map(), conflict } : { cascades: hierarchy.cascades };
}

class TaskHierarchy {
  readonly cascades = new Map<number, Status>();
  private readonly byId: Map<number, TaskNode>;
  private readonly byParent: Map<number | null, TaskNode[]>;

  constructor(
    nodes: readonly TaskNode[],
    private readonly requested: ReadonlyMap<number, Status>,
  ) {
    this.byId = new Map(nodes.map((node) => [node.id, node]));
    this.byParent = childrenByParent(nodes);
  }

  statusOf({ id, status }: TaskNode): Status {
    return this.cascades.get(id) ?? this.requested.get(id) ?? status;
  }

  /** Completes the pending descendants. @returns the conflict with a running or blocked child, if any */
  complete(parent: TaskNode): Conflict | undefined {
    const stack = [parent];
    for (let task = stack.pop(); task; task = stack.pop()) {
      for (const child of this.byParent.get(task.id) ?? []) {
        const status = this.statusOf(child);
        if (status === 'in_progress' || status === 'blocked')
          return { kind: 'child_unfinished', task: parent, other: child };
        if (status !== 'pending') continue;
        this.cascades.set(child.id, 'completed');
        stack.push(child);
      }
    }
    return undefined;
  }

  /** Blocks the ancestors up to the first blocked one. @returns the conflict with a completed ancestor, if any */
  block(child: TaskNode): Conflict | undefined {
    for (let parent = this.parentOf(child); parent; parent = this.parentOf(parent)) {
      const status = this.statusOf(parent);
      if (status === 'completed') return { kind: 'parent_completed', task: child, other: parent };
      if (status === 'blocked') return undefined;
      this.cascades.set(parent.id, 'blocked');
    }
    return undefined;
  }

  private parentOf({ parentId }: TaskNode): TaskNode | undefined {
    return parentId === null ? undefined : this.byId.get(parentId);
  }
}

function firstResult<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function childrenByParent<T extends TaskNode>(nodes: readonly T[]): Map<number | null, T[]> {
  const groups = new Map<number | null, T[]>();
  for (const node of nodes) {
    const group = groups.get(node.parentId);
    if (group) group.push(node);
    else groups.set(node.parentId, [node]);
  }
  return groups;
}

/** Finds a task and its descendants, the task first. */
export function subtree<T extends TaskNode>(nodes: readonly T[], rootId: number): T[] {
  const byParent = childrenByParent(nodes);
  const found = nodes.filter(({ id }) => id === rootId);
  for (let i = 0; i < found.length; i++) found.push(...(byParent.get(found[i]?.id ?? null) ?? []));
  return found;
}
