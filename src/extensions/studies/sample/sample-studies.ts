import { type SampleData } from '../../sample-contribution.js';
import { Deviation } from '../deviations/deviation.entity.js';
import { Member } from '../members/member.entity.js';
import { Milestone } from '../milestones/milestone.entity.js';
import { MonitoringVisit } from '../monitoring-visits/monitoring-visit.entity.js';
import { Site } from '../sites/site.entity.js';
import { Study } from '../study.entity.js';
import { Training } from '../training/training.entity.js';
import { DAY, RecordCourse } from './record-course.js';
import { SampleLinks } from './sample-links.js';
import { SampleStudyCreator } from './sample-study-creator.js';
import { planTeam } from './sample-team.js';
import { SampleVisitCourses } from './sample-visit-courses.js';

const TASKS_PER_STUDY = 2500;
const TASKS_PER_SITE = 150;
/** Days in which the studies begin. */
const BEGINNING = 40;

/** Makes a study for every 2,500 tasks, a third of them for members, and links the tasks of their members. */
export const sampleData: SampleData = async (context) => {
  const { random, taskCount, from, records } = context;
  const course = new RecordCourse(context);
  const count = Math.ceil(taskCount / TASKS_PER_STUDY);
  const siteLimit = Math.max(3, Math.round(taskCount / count / TASKS_PER_SITE));
  const creator = new SampleStudyCreator(context, course);
  const studies = [];
  for (let index = 0; index < count; index++) {
    const begins = from.getTime() + (index === 0 ? 0 : random.between(0, BEGINNING)) * DAY;
    const siteCount = Math.min(siteLimit, random.integer(8, 20));
    const study = await creator.create({ index, begins, siteCount, team: planTeam(context, index, count) });
    if (study) studies.push({ ...study, ...(await new SampleVisitCourses(context, course, study).create()) });
  }
  records.write(
    Study,
    studies.map(({ study }) => study),
  );
  records.write(
    Site,
    studies.flatMap(({ sites }) => sites),
  );
  records.write(
    Member,
    studies.flatMap(({ members }) => members),
  );
  records.write(
    Milestone,
    studies.flatMap(({ milestones }) => milestones),
  );
  records.write(
    Training,
    studies.flatMap(({ trainings }) => trainings),
  );
  records.write(
    MonitoringVisit,
    studies.flatMap(({ visits }) => visits),
  );
  records.write(
    Deviation,
    studies.flatMap(({ deviations }) => deviations),
  );
  return new SampleLinks(context, studies);
};
