import { type Priority, type Task } from '../../tasks/task.entity.js';
import { type SampleUser } from '../../extensions/sample-contribution.js';
import { type SeededRandom } from '../../core/seeded-random.js';
import { DESCRIPTIONS, PLANS, SINGLE_TITLES } from './sample-words.js';
import { type WorkingTimes } from './working-times.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const IN_FAMILIES = 0.12;
const GRANDCHILDREN = 0.15;
const BY_DEVELOPER = 0.1;
const PRIORITY_SHARES: readonly (readonly [Priority, number])[] = [
  ['low', 0.2],
  ['medium', 0.52],
  ['high', 0.2],
  ['critical', 0.08],
];

/** Sources of the plan of a task. */
export interface SampleWorld {
  readonly random: SeededRandom;
  readonly times: WorkingTimes;
  readonly managers: readonly SampleUser[];
  readonly developers: readonly SampleUser[];
  readonly tagIds: readonly number[];
  /** The present, in ms; nothing happens after it. */
  readonly now: number;
}

/** A task as its creator enters it. */
export interface PlannedTask {
  readonly creator: SampleUser;
  readonly assignee: SampleUser;
  /** Index in the hierarchy; null for its root. */
  readonly parent: number | null;
  readonly at: number;
  readonly fields: Pick<Task, 'title' | 'description' | 'priority' | 'estimatedHours' | 'deadline'>;
  readonly tagIds: readonly number[];
}

/**
 * Plans a task, or one with children, in the order of creation, parents first.
 *
 * @param at when work begins to be planned, in ms
 * @param limit of the number of tasks
 */
export function planHierarchy(world: SampleWorld, at: number, limit: number): PlannedTask[] {
  const { random } = world;
  const numbers = new Map(
    ['site', 'visit', 'subject', 'batch'].map((name, i) => [name, random.integer(1, [40, 12, 1200, 400][i] ?? 1)]),
  );
  const text = (title: string) =>
    title.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(numbers.get(name)).padStart(2, '0'));
  if (limit < 2 || !random.chance(IN_FAMILIES)) return [planSingle(world, text(random.pick(SINGLE_TITLES)), at)];
  const plan = random.pick(PLANS);
  const root = planTask(world, text(plan.title), random.pick(world.managers), null, at, 40);
  const hierarchy = [root];
  const titles = random.shuffled(plan.children).slice(0, Math.min(random.integer(2, plan.children.length), limit - 1));
  titles.forEach((title, i) => {
    const parent = i > 0 && random.chance(GRANDCHILDREN) ? random.integer(1, i) : 0;
    const later = root.at + (i + 1) * random.integer(2, 20) * 60_000;
    const previous = hierarchy.at(-1)?.at ?? root.at;
    hierarchy.push(planTask(world, text(title), root.creator, parent, Math.max(previous + 1000, later), 20));
  });
  return hierarchy.filter(({ at: created }) => created <= world.now);
}

function planSingle(world: SampleWorld, title: string, at: number): PlannedTask {
  const { random, times } = world;
  const developer = random.pick(world.developers);
  const begins = times.atOrAfter(developer.timeZone, at);
  if (random.chance(BY_DEVELOPER) && begins <= world.now)
    return planTask(world, title, developer, null, begins, 30, developer);
  return planTask(world, title, random.pick(world.managers), null, at, 30, developer);
}

function planTask(
  { random, developers, tagIds }: SampleWorld,
  title: string,
  creator: SampleUser,
  parent: number | null,
  at: number,
  days: number,
  assignee = random.pick(developers),
): PlannedTask {
  const deadline = new Date(Math.ceil((at + random.between(2, days) * DAY) / HOUR) * HOUR);
  const estimatedHours = (random.integer(2, 48) / 2).toFixed(2);
  const description = random.pick(DESCRIPTIONS);
  const tags = new Set(Array.from({ length: random.integer(0, 3) }, () => random.pick(tagIds)));
  return {
    creator,
    assignee,
    parent,
    at,
    fields: { title, description, priority: priorityOf(random.next()), estimatedHours, deadline },
    tagIds: [...tags].sort((a, b) => a - b),
  };
}

function priorityOf(drawn: number): Priority {
  let rest = drawn;
  for (const [priority, share] of PRIORITY_SHARES) {
    if (rest < share) return priority;
    rest -= share;
  }
  return 'medium';
}
