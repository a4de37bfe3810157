import fc from 'fast-check';
import { findAllConflicts, resolveStatusCascade, type Conflict } from './task-hierarchy.js';
import { lineageOf, subtree, type TaskNode } from './task-tree.js';
import { STATUSES, type Status } from './task.entity.js';

const status = fc.constantFrom(...STATUSES);

/** A forest: each task's parent is one of those before it, or none. */
const forest = fc
  .array(fc.record({ parent: fc.nat(), root: fc.boolean(), status }), { minLength: 1, maxLength: 12 })
  .map((tasks) =>
    tasks.map(({ parent, root, status }, i): TaskNode => {
      return { id: i + 1, title: `T${i + 1}`, parentId: root || i === 0 ? null : (parent % i) + 1, status };
    }),
  );
/** One status for some of them, as a change of one task or a bulk change asks. */
const wish = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }), status)
  .map(([ids, status]) => new Map(ids.map((id) => [id, status])));

interface Outcome {
  readonly before: readonly TaskNode[];
  readonly after: readonly TaskNode[];
  readonly wanted: ReadonlyMap<number, Status>;
  readonly cascades: ReadonlyMap<number, Status>;
}

/** Holds for every settlement without conflict. */
function always(property: (outcome: Outcome) => void): void {
  fc.assert(
    fc.property(forest, wish, (before, wish) => {
      const wanted = new Map([...wish].filter(([id]) => id <= before.length));
      const { cascades, conflict } = resolveStatusCascade(before, wanted);
      if (conflict) return;
      const after = before.map((task) => ({
        ...task,
        status: cascades.get(task.id) ?? wanted.get(task.id) ?? task.status,
      }));
      property({ before, after, wanted, cascades });
    }),
    { numRuns: 2000 },
  );
}

const newly = ({ before, after }: Outcome, status: Status) =>
  after.filter((task, i) => task.status === status && before[i]?.status !== status);
const childrenOf = ({ after }: Outcome, { id }: TaskNode) => after.filter(({ parentId }) => parentId === id);
const parentOf = ({ after }: Outcome, { parentId }: TaskNode) => after.find(({ id }) => id === parentId);

describe('a settlement', () => {
  it('completes no task over an unfinished child', () =>
    always((outcome) => {
      for (const task of newly(outcome, 'completed'))
        expect(childrenOf(outcome, task).filter((child) => child.status !== 'completed')).toEqual([]);
    }));

  it('blocks the parent of each task that becomes blocked, up the tree', () =>
    always((outcome) => {
      for (const task of newly(outcome, 'blocked'))
        expect(parentOf(outcome, task)?.status ?? 'blocked').toBe('blocked');
    }));

  it('changes only what it must: descendants of completed tasks, ancestors of blocked ones', () =>
    always(({ before, wanted, cascades }) => {
      for (const [id, to] of cascades) {
        expect(wanted.get(id)).toBeUndefined();
        const family = (root: number) => subtree(before, root).map((task) => task.id);
        const causes = [...wanted].filter(([, status]) => status === to).map(([cause]) => cause);
        expect(
          causes.some((cause) => (to === 'completed' ? family(cause).includes(id) : family(id).includes(cause))),
        ).toBe(true);
        if (to === 'completed') expect(before.find((task) => task.id === id)?.status).toBe('pending');
      }
    }));

  it('has nothing to add when asked again', () =>
    always(({ after, wanted }) => expect(resolveStatusCascade(after, wanted)).toEqual({ cascades: new Map() })));

  it('is the same in any order of the tasks', () =>
    fc.assert(
      fc.property(forest, status, (tasks, to) => {
        const wanted = new Map([[tasks.length, to]]);
        const once = resolveStatusCascade(tasks, wanted);
        const turned = resolveStatusCascade([...tasks].reverse(), wanted);
        expect(new Map([...turned.cascades].sort())).toEqual(new Map([...once.cascades].sort()));
        expect(turned.conflict?.kind).toBe(once.conflict?.kind);
      }),
    ));
});

/** Leaves out one conflicting task after the other, and resolves the others again each time. */
function leftOut(
  nodes: readonly TaskNode[],
  requested: ReadonlyMap<number, Status>,
  parents: ReadonlyMap<number, number | null>,
): Conflict[] {
  const found: Conflict[] = [];
  for (;;) {
    const failed = new Set(found.map(({ task }) => task.id));
    const rest = new Map([...requested].filter(([id]) => !failed.has(id)));
    const moved = new Map([...parents].filter(([id]) => !failed.has(id)));
    const linked = nodes.map((node) => ({
      ...node,
      parentId: moved.has(node.id) ? (moved.get(node.id) ?? null) : node.parentId,
    }));
    const { conflict } = resolveStatusCascade(linked, rest, new Set(moved.keys()));
    if (!conflict) return found;
    found.push(conflict);
  }
}

/** The order decides which of several conflicting tasks is named; its status conflicts in any case. */
const named = (conflicts: readonly Conflict[]) =>
  conflicts
    .map(({ kind, task, other }) => [task.id, kind, (other.status === 'completed') === (kind === 'parent_completed')])
    .sort(([a], [b]) => Number(a) - Number(b));

describe('findAllConflicts', () => {
  it('finds at once what leaving out one conflicting task after the other finds', () => {
    let conflicts = 0;
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 });
    const to = fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined });
    fc.assert(
      fc.property(forest, ids, fc.option(status), to, (nodes, wanted, status, target) => {
        const ancestors = target ? lineageOf(nodes, target) : new Set();
        const concerned = nodes.filter(({ id }) => wanted.includes(id) && !ancestors.has(id));
        const parentId = target !== undefined && target <= nodes.length ? target || null : undefined;
        const moved = concerned.filter((node) => parentId !== undefined && node.parentId !== parentId);
        const requested = new Map(concerned.map((node) => [node.id, status ?? node.status]));
        const parents = new Map(moved.map(({ id }) => [id, parentId ?? null]));
        const found = named(findAllConflicts(nodes, requested, parents));
        conflicts += found.length;
        expect(found).toEqual(named(leftOut(nodes, requested, parents)));
      }),
      { numRuns: 2000 },
    );
    expect(conflicts).toBeGreaterThan(100);
  });

  /** Counts how often the parents of tasks are read. */
  function readsOf(
    statusOf: (id: number) => Status,
    to: Status,
    length: number,
    parentOf: (id: number) => number | null,
  ) {
    let reads = 0;
    const nodes = Array.from({ length }, (_, i): TaskNode => ({
      id: i + 1,
      title: 'T',
      status: statusOf(i + 1),
      get parentId() {
        reads++;
        return parentOf(i + 1);
      },
    }));
    const asked = nodes.filter(({ status }) => status === 'pending').map(({ id }) => [id, to] as const);
    expect(findAllConflicts(nodes, new Map(asked), new Map())).toHaveLength(asked.length);
    return reads;
  }

  it.each<[string, Status, (length: number) => [(id: number) => Status, (id: number) => number | null]]>([
    [
      'parents with a running child each',
      'completed',
      () => [(id) => (id % 2 ? 'pending' : 'in_progress'), (id) => (id % 2 ? null : id - 1)],
    ],
    [
      'a chain over a running task',
      'completed',
      (length) => [(id) => (id === length ? 'in_progress' : 'pending'), (id) => (id === 1 ? null : id - 1)],
    ],
    [
      'a chain below a completed task',
      'blocked',
      () => [(id) => (id === 1 ? 'completed' : 'pending'), (id) => (id === 1 ? null : id - 1)],
    ],
  ])('takes time proportional to the tasks: %s', (_, to, shape) => {
    const [few, many] = [200, 2000].map((length) => {
      const [statusOf, parentOf] = shape(length);
      return readsOf(statusOf, to, length, parentOf);
    }) as [number, number];
    expect(few).toBeGreaterThan(100);
    expect(many).toBeLessThan(few * 11);
  });
});

describe('settle', () => {
  const task = (id: number, parentId: number | null, status: Status): TaskNode => ({
    id,
    title: `T${id}`,
    parentId,
    status,
  });

  it('names the child that is not finished, however deep', () => {
    const members = [task(1, null, 'pending'), task(2, 1, 'pending'), task(3, 2, 'in_progress')];
    expect(resolveStatusCascade(members, new Map([[1, 'completed']])).conflict).toMatchObject({
      kind: 'child_unfinished',
      task: { id: 1 },
      other: { id: 3 },
    });
    const all = resolveStatusCascade(members, new Map([1, 2, 3].map((id) => [id, 'completed'] as const)));
    expect(all).toEqual({ cascades: new Map() });
  });

  it('refuses a blocked task under a completed one', () => {
    const members = [task(1, null, 'completed'), task(2, 1, 'in_progress'), task(3, 2, 'pending')];
    expect(resolveStatusCascade(members, new Map([[3, 'blocked']])).conflict).toMatchObject({
      kind: 'parent_completed',
      task: { id: 3 },
      other: { id: 1 },
    });
  });

  it('blocks the parent that a blocked task arrives under', () => {
    const members = [task(1, null, 'pending'), task(2, 1, 'blocked')];
    expect(resolveStatusCascade(members, new Map([[2, 'blocked']])).cascades).toEqual(new Map());
    expect(resolveStatusCascade(members, new Map([[2, 'blocked']]), new Set([2])).cascades).toEqual(
      new Map([[1, 'blocked']]),
    );
  });

  it('leaves the children of a completed task alone that only moves', () => {
    const members = [
      task(1, null, 'pending'),
      task(2, 1, 'completed'),
      task(3, 2, 'pending'),
      task(4, 2, 'in_progress'),
    ];
    expect(resolveStatusCascade(members, new Map([[2, 'completed']]), new Set([2]))).toEqual({ cascades: new Map() });
  });
});
