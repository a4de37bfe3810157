import { type SampleContext, type SampleFollower, type SampleTask } from '../../sample-contribution.js';
import { type Site } from '../sites/site.entity.js';
import { TaskLink, type TaskKind } from '../task-links/task-link.entity.js';
import { type SampleStudy } from './sample-study-creator.js';
import { isCovered } from './sample-team.js';
import { type SampleVisits } from './sample-visit-courses.js';

const MINUTE = 60_000;
const UNLINKED = 0.1;
const KINDS: readonly (readonly [RegExp, TaskKind])[] = [
  [/deviation/, 'deviation'],
  [/good clinical practice/, 'training'],
  [/monitor|findings|source data|accountability|temperature/i, 'monitoring'],
  [/consent|documents|delegation|curricula|approval|letter|archive/i, 'document'],
];

type LinkedStudy = SampleStudy & SampleVisits;

/** Links tasks of sample data to the studies of their assignees. */
export class SampleLinks implements SampleFollower {
  private readonly studiesOf = new Map<number, LinkedStudy[]>();

  constructor(
    private readonly context: SampleContext,
    studies: readonly LinkedStudy[],
  ) {
    for (const study of studies)
      for (const { userId } of study.members) {
        const known = this.studiesOf.get(userId);
        if (!known) this.studiesOf.set(userId, [study]);
        else if (known.at(-1) !== study) known.push(study);
      }
  }

  async follow(tasks: readonly SampleTask[]): Promise<void> {
    const { random } = this.context;
    const [root] = tasks;
    if (!root || random.chance(UNLINKED)) return;
    const at = new Date(root.task.createdAt.getTime() + random.between(5, 40) * MINUTE);
    const fitting = (this.studiesOf.get(root.assigneeIds[0] ?? 0) ?? []).filter((study) => fits(study, tasks, at));
    if (fitting.length === 0) return;
    const study = random.pick(fitting);
    for (const { task } of tasks) {
      const linked = new Date(Math.max(at.getTime(), task.createdAt.getTime() + MINUTE));
      if (linked > this.context.now || (task.deletedAt && task.deletedAt <= linked)) continue;
      await this.link(study, task, linked);
    }
  }

  private async link(study: LinkedStudy, { id, title }: SampleTask['task'], at: Date): Promise<void> {
    const { records } = this.context;
    const siteId = siteOf(study, title)?.id ?? null;
    const kind = KINDS.find(([words]) => words.test(title))?.[1] ?? 'other';
    const origin = originOf(study, kind, siteId, at);
    const values = { taskId: id, studyId: study.study.id, siteId, kind, origin };
    records.write(TaskLink, [await records.create(TaskLink, values, { by: study.team.lead, at })]);
  }
}

/** Returns the number of the site that a title names. */
const numberIn = (title: string): string | undefined => /site (\d+)/.exec(title)?.[1];

const siteOf = ({ sites }: SampleStudy, title: string): Site | undefined =>
  sites.find(({ siteNumber }) => siteNumber === numberIn(title));

/** True where the study has begun, knows the site of each task and, if it is for members, has everyone who works on them. */
function fits(study: LinkedStudy, tasks: readonly SampleTask[], at: Date): boolean {
  const { members, team } = study;
  return tasks.every(({ task, assigneeIds, actorIds }) => {
    const site = siteOf(study, task.title);
    if (numberIn(task.title) !== undefined && (!site || site.createdAt > at)) return false;
    const siteId = site?.id ?? null;
    if (!isCovered(members, team.lead.id, siteId, at) || !isCovered(members, assigneeIds[0] ?? 0, siteId, at))
      return false;
    if (study.study.access === 'open') return true;
    return [...assigneeIds, ...actorIds].every((id) => isCovered(members, id, siteId, at));
  });
}

/** Returns the latest record of the site that a task may follow. */
function originOf(
  { visits, deviations }: SampleVisits,
  kind: TaskKind,
  siteId: number | null,
  at: Date,
): string | null {
  if (kind !== 'monitoring' && kind !== 'deviation') return null;
  const [type, records] =
    kind === 'monitoring' ? (['monitoring_visit', visits] as const) : (['deviation', deviations] as const);
  const earlier = records.filter((record) => record.siteId === siteId && record.createdAt <= at);
  const latest = earlier.reduce<(typeof earlier)[number] | undefined>(
    (a, b) => (a && a.createdAt > b.createdAt ? a : b),
    undefined,
  );
  return latest ? `${type}:${latest.id}` : null;
}
