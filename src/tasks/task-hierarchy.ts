import { childrenByParent, parentsFirst, type TaskNode } from './task-tree.js';
import { type Status } from './task.entity.js';

/** Why a status change is rejected: `task` requests it, the status of `other` conflicts with it. */
export interface Conflict<T extends TaskNode = TaskNode> {
  readonly kind: 'child_unfinished' | 'parent_completed';
  readonly task: T;
  readonly other: T;
}

export interface StatusCascade<T extends TaskNode = TaskNode> {
  /** The new status of every other task that changes, by id. */
  readonly cascades: ReadonlyMap<number, Status>;
  readonly conflict?: Conflict<T>;
}

/**
 * Resolves the statuses that follow from requested ones (contract, section 3, "Parent and child"): a parent completes
 * its pending children and conflicts with running or blocked ones; a child that becomes blocked blocks its parent, up
 * the tree, and conflicts with a completed one.
 *
 * @param nodes the tasks with their ancestors and all below that the change concerns (`TasksRepository.lockForChange`), as they will be linked
 * @param requested the new statuses by id
 * @param attached ids of new or moved tasks: a blocked one blocks its parent although its status does not change
 */
export function resolveStatusCascade<T extends TaskNode>(
  nodes: readonly T[],
  requested: ReadonlyMap<number, Status>,
  attached: ReadonlySet<number> = new Set(),
): StatusCascade<T> {
  const hierarchy = new TaskHierarchy(nodes, requested);
  const { completed, blocked } = triggersOf(nodes, requested, attached);
  const conflict =
    firstResult(completed, (node) => hierarchy.complete(node)) ?? firstResult(blocked, (node) => hierarchy.block(node));
  return conflict ? { cascades: new Map(), conflict } : { cascades: hierarchy.cascades };
}

/**
 * Finds every task that cannot take its new status or parent where the conflicting ones are left out: also those that
 * conflict only since another one keeps its status. Takes time proportional to `nodes`, also for long chains.
 *
 * @param nodes as `resolveStatusCascade`, but as they are linked now
 * @param requested one status for all of them, or each its own
 * @param parents the new parents by id, the same for all, and none of those that change or below one
 */
export function findAllConflicts<T extends TaskNode>(
  nodes: readonly T[],
  requested: ReadonlyMap<number, Status>,
  parents: ReadonlyMap<number, number | null>,
): Conflict<T>[] {
  const hierarchy = new TaskHierarchy(nodes, requested, parents);
  const { completed, blocked } = triggersOf(parentsFirst(nodes), requested, parents);
  // A completed task depends on those below it, a blocked one on those above it.
  const completions = completed.reverse().flatMap((node) => hierarchy.completeOrWithdraw(node) ?? []);
  return [...completions, ...blocked.flatMap((node) => hierarchy.blockOrWithdraw(node) ?? [])];
}

/** Selects the tasks that change others. A completed one that is merely moved leaves its children alone. */
function triggersOf<T extends TaskNode>(
  nodes: readonly T[],
  requested: ReadonlyMap<number, Status>,
  attached: { has(id: number): boolean },
): { completed: T[]; blocked: T[] } {
  const after = ({ id, status }: T) => requested.get(id) ?? status;
  const changes = (node: T) => after(node) !== node.status;
  return {
    completed: nodes.filter((node) => changes(node) && after(node) === 'completed'),
    blocked: nodes.filter((node) => (attached.has(node.id) || changes(node)) && after(node) === 'blocked'),
  };
}

/** Tasks with the statuses that they take one after the other; a change costs the tasks that it concerns. */
export class TaskHierarchy<T extends TaskNode> {
  readonly cascades = new Map<number, Status>();
  private readonly byId: Map<number, T>;
  private readonly byParent: Map<number | null, T[]>;
  private readonly requested: Map<number, Status>;
  /** Conflicting tasks by the ids of those that cannot change because of them. */
  private readonly obstacles = new Map<number, T>();

  constructor(
    nodes: readonly T[],
    requested: ReadonlyMap<number, Status> = new Map(),
    private readonly parents: ReadonlyMap<number, number | null> = new Map(),
  ) {
    this.byId = new Map(nodes.map((node) => [node.id, node]));
    this.byParent = childrenByParent(nodes);
    this.requested = new Map(requested);
  }

  statusOf({ id, status }: TaskNode): Status {
    return this.cascades.get(id) ?? this.requested.get(id) ?? status;
  }

  /** Completes the pending descendants. @returns the conflict with a running or blocked child, if any */
  complete(parent: T): Conflict<T> | undefined {
    const stack = [parent];
    for (let task = stack.pop(); task; task = stack.pop()) {
      const obstacle = this.obstacles.get(task.id) ?? this.stackPending(task, stack);
      if (obstacle) return { kind: 'child_unfinished', task: parent, other: obstacle };
    }
    return undefined;
  }

  /** Blocks the ancestors up to the first blocked one. @returns the conflict with a completed ancestor, if any */
  block(child: T): Conflict<T> | undefined {
    const { ancestors, conflict } = this.findBlockedBy(child);
    if (!conflict) this.blockAll(ancestors);
    return conflict;
  }

  blockAll(tasks: readonly T[]): void {
    tasks.forEach(({ id }) => this.cascades.set(id, 'blocked'));
  }

  /**
   * Finds the ancestors that a blocked task blocks, up to the first blocked one; the task itself may be a new one.
   *
   * @returns the conflict with a completed ancestor, if any: no task below that one can be blocked
   */
  findBlockedBy(child: T): { ancestors: T[]; conflict?: Conflict<T> } {
    const ancestors: T[] = [];
    for (const parent of this.ancestorsOf(child)) {
      const status = this.statusOf(parent);
      const obstacle = status === 'completed' ? parent : this.obstacles.get(parent.id);
      if (obstacle) {
        // Spares the next task below them the walk up.
        ancestors.forEach(({ id }) => this.obstacles.set(id, obstacle));
        return { ancestors: [], conflict: { kind: 'parent_completed', task: child, other: obstacle } };
      }
      if (status === 'blocked') break;
      ancestors.push(parent);
    }
    return { ancestors };
  }

  /** As `complete`; a task that conflicts keeps its status. */
  completeOrWithdraw(parent: T): Conflict<T> | undefined {
    const conflict = this.complete(parent);
    if (conflict) this.withdraw(parent, conflict);
    return conflict;
  }

  /** As `block`; a task that conflicts keeps its status. */
  blockOrWithdraw(child: T): Conflict<T> | undefined {
    const conflict = this.block(child);
    if (conflict) this.withdraw(child, conflict);
    return conflict;
  }

  private withdraw({ id }: T, { other }: Conflict<T>): void {
    this.requested.delete(id);
    this.obstacles.set(id, other);
  }

  /** Completes the pending children, which come next on the stack. @returns the first running or blocked one */
  private stackPending({ id }: T, stack: T[]): T | undefined {
    for (const child of this.byParent.get(id) ?? []) {
      const status = this.statusOf(child);
      if (status === 'in_progress' || status === 'blocked') return child;
      if (status !== 'pending') continue;
      this.cascades.set(child.id, 'completed');
      stack.push(child);
    }
    return undefined;
  }

  private *ancestorsOf(child: T): Generator<T> {
    for (let parent = this.parentOf(child); parent; parent = this.parentOf(parent)) yield parent;
  }

  private parentOf({ id, parentId }: T): T | undefined {
    const current = this.parents.get(id);
    const parent = current === undefined ? parentId : current;
    return parent === null ? undefined : this.byId.get(parent);
  }
}

function firstResult<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
