import { type Status } from './task.entity.js';

/** A task among its ancestors and descendants; deleted ones do not count. */
export interface TaskNode {
  readonly id: number;
  readonly title: string;
  readonly parentId: number | null;
  readonly status: Status;
}

/** Why a change of status cannot be: `task` wants it, `other` stands against it. */
export interface Conflict {
  readonly kind: 'child_unfinished' | 'parent_completed';
  readonly task: TaskNode;
  readonly other: TaskNode;
}

export interface StatusCascade {
  /** The new status of every task that changes without being asked for. */
  readonly cascades: ReadonlyMap<number, Status>;
  readonly conflict?: Conflict;
}

/**
 * What follows from giving tasks a new status (contract, section 3, "Parent and child"): a parent completes its pending
 * children and refuses over running or blocked ones; a child that becomes blocked blocks its parent, up the tree, and
 * is refused under a completed one.
 *
 * @param members the tasks with all their ancestors and descendants, as they will be linked
 * @param requested the statuses asked for, all at once
 * @param attached tasks that are new where they are: blocked ones block their parent although their status is old
 */
export function resolveStatusCascade(
  members: readonly TaskNode[],
  requested: ReadonlyMap<number, Status>,
  attached: ReadonlySet<number> = new Set(),
): StatusCascade {
  const family = new TaskHierarchy(members, requested);
  const changes = ({ id, status }: TaskNode) => requested.has(id) && requested.get(id) !== status;
  const asked = members.filter((member) => attached.has(member.id) || changes(member));
  // Completed and merely moved, a task leaves its children alone.
  const completed = asked.filter((member) => changes(member) && family.statusOf(member) === 'completed');
  const blocked = asked.filter((member) => family.statusOf(member) === 'blocked');
  const conflict =
    first(completed, (member) => family.complete(member)) ?? first(blocked, (member) => family.block(member));
  return conflict ? { cascades: new Map(), conflict } : { cascades: family.cascades };
}

class TaskHierarchy {
  readonly cascades = new Map<number, Status>();
  private readonly byId: Map<number, TaskNode>;
  private readonly byParent: Map<number | null, TaskNode[]>;

  constructor(
    members: readonly TaskNode[],
    private readonly requested: ReadonlyMap<number, Status>,
  ) {
    this.byId = new Map(members.map((member) => [member.id, member]));
    this.byParent = childrenByParent(members);
  }

  statusOf({ id, status }: TaskNode): Status {
    return this.cascades.get(id) ?? this.requested.get(id) ?? status;
  }

  /** Completes the pending descendants, or names the child that stands against it. */
  complete(parent: TaskNode): Conflict | undefined {
    const open = [parent];
    for (let task = open.pop(); task; task = open.pop()) {
      for (const child of this.byParent.get(task.id) ?? []) {
        const status = this.statusOf(child);
        if (status === 'in_progress' || status === 'blocked')
          return { kind: 'child_unfinished', task: parent, other: child };
        if (status !== 'pending') continue;
        this.cascades.set(child.id, 'completed');
        open.push(child);
      }
    }
    return undefined;
  }

  /** Blocks the ancestors as far as they are not blocked yet, or names the completed one that stands against it. */
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

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function childrenByParent<M extends TaskNode>(members: readonly M[]): Map<number | null, M[]> {
  const groups = new Map<number | null, M[]>();
  for (const member of members) {
    const group = groups.get(member.parentId);
    if (group) group.push(member);
    else groups.set(member.parentId, [member]);
  }
  return groups;
}

/** A task and everything below it. */
export function subtree<M extends TaskNode>(members: readonly M[], rootId: number): M[] {
  const byParent = childrenByParent(members);
  const found = members.filter(({ id }) => id === rootId);
  for (let i = 0; i < found.length; i++) found.push(...(byParent.get(found[i]?.id ?? null) ?? []));
  return found;
}
