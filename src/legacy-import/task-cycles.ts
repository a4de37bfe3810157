/**
 * Finds cycles among parent references; each as the ids along it, beginning with the smallest.
 *
 * @param children ids, each with its parent at the same index of `parents`
 */
export function findCycles(children: readonly number[], parents: readonly number[]): number[][] {
  const parentOf = new Map(children.map((child, place) => [child, parents[place] as number]));
  const walkOf = new Map<number, number>();
  const found: number[][] = [];
  for (const start of children) {
    const path: number[] = [];
    let task: number | undefined = start;
    for (; task !== undefined && !walkOf.has(task); task = parentOf.get(task)) {
      walkOf.set(task, start);
      path.push(task);
    }
    // A walk that meets its own ids has found a cycle; ids of an earlier walk were searched before.
    if (task !== undefined && walkOf.get(task) === start) found.push(fromSmallest(path.slice(path.indexOf(task))));
  }
  return found;
}

function fromSmallest(circle: readonly number[]): number[] {
  const smallest = circle.reduce((place, id, other) => (id < (circle[place] as number) ? other : place), 0);
  return [...circle.slice(smallest), ...circle.slice(0, smallest)];
}
