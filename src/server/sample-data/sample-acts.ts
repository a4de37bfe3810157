import { type SampleUser } from '../../extensions/sample-contribution.js';
import { type SampleWorld, type PlannedTask } from './sample-plan.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REMAINS = 0.1;
const BLOCKED = 0.12;
const STAYS_BLOCKED = 0.2;
const REASSIGNED = 0.06;
const RE_ESTIMATED = 0.07;
const DELETED = 0.012;
const TIMED = 0.85;

/** Something that is done to a task of a hierarchy, by its assignee where `by` is left out. */
export interface Act {
  readonly kind: 'start' | 'block' | 'resume' | 'finish' | 'reassign' | 'estimate' | 'escalate' | 'warn' | 'delete';
  /** Index of the task in its hierarchy. */
  readonly task: number;
  /** ms since the epoch; an assignee acts at the next working time. */
  readonly at: number;
  readonly by?: SampleUser | 'system';
  /** The new assignee, or the decimal that is entered. */
  readonly to?: SampleUser | string;
}

/** Plans what is done to the tasks of a hierarchy; what its rules do not allow when it comes to it is left out or comes later. */
export function planActs(world: SampleWorld, hierarchy: readonly PlannedTask[]): Act[] {
  const acts = hierarchy.flatMap((task, i) => [
    ...deadlineActs(task, i),
    ...workOn(world, task, i),
    ...changesOf(world, task, i),
  ]);
  return acts.filter(({ at }) => at <= world.now);
}

function deadlineActs({ at, fields }: PlannedTask, task: number): Act[] {
  const due = fields.deadline.getTime();
  return [
    { kind: 'escalate', task, at: Math.max(at + 60_000, due - DAY), by: 'system' },
    { kind: 'warn', task, at: due - HOUR, by: 'system' },
  ];
}

/** Some tasks are never begun: those below a parent are completed with it. */
function workOn({ random }: SampleWorld, { at, fields, parent }: PlannedTask, task: number): Act[] {
  if (random.chance(REMAINS)) return [];
  const length = fields.deadline.getTime() - at;
  const begins = at + length * random.between(0.02, 0.5);
  // The work of a parent ends after that of its children, where these are in time.
  const ends = Math.max(begins + 2 * HOUR, at + length * random.between(0.5, parent === null ? 1.2 : 1.02));
  const spent = (Number(fields.estimatedHours) * random.between(0.55, 1.75)).toFixed(2);
  const acts: Act[] = [
    { kind: 'start', task, at: begins },
    { kind: 'finish', task, at: ends, ...(random.chance(TIMED) && { to: spent }) },
  ];
  if (!random.chance(BLOCKED)) return acts;
  const blocks = random.between(begins, ends);
  const resumes = random.chance(STAYS_BLOCKED)
    ? []
    : [{ kind: 'resume', task, at: random.between(blocks, ends) } as const];
  return [...acts, { kind: 'block', task, at: blocks }, ...resumes];
}

function changesOf(
  { random, developers, managers }: SampleWorld,
  { at, creator, fields }: PlannedTask,
  task: number,
): Act[] {
  const length = fields.deadline.getTime() - at;
  const some = (probability: number) => random.chance(probability);
  const manager = creator.role === 'manager' ? creator : random.pick(managers);
  const moment = () => at + length * random.between(0.05, 0.9);
  const estimate = (Number(fields.estimatedHours) + random.integer(1, 8)).toFixed(2);
  return [
    ...(some(REASSIGNED)
      ? [{ kind: 'reassign', task, at: moment(), by: manager, to: random.pick(developers) } as const]
      : []),
    ...(some(RE_ESTIMATED) ? [{ kind: 'estimate', task, at: moment(), to: estimate } as const] : []),
    ...(some(DELETED) ? [{ kind: 'delete', task, at: moment(), by: manager } as const] : []),
  ];
}
