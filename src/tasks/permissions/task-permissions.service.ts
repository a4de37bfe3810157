import { Injectable } from '@nestjs/common';
import { type Actor } from '../../core/authorization/actor.js';
import { decide, decisionJson, type Decision, type DecisionSubject } from '../../core/authorization/decision.js';
import { matches } from '../../core/authorization/policy.js';
import { asNewRecord } from '../../core/authorization/restriction.sql.js';
import { WorkingCalendar } from '../../core/authorization/working-calendar.js';
import { Clock } from '../../core/clock.js';
import { Config } from '../../core/config/config.js';
import { validationError, type Problem } from '../../core/http/problem.js';
import { visibleUsers } from '../../users/user.policy.js';
import { UserProblem } from '../../users/users.problems.js';
import { UsersRepository } from '../../users/users.repository.js';
import { creationForOthers, explainCriticalException, taskFacts } from '../task-authorization.service.js';
import { visibleTasks, type TaskAttributes } from '../task.policy.js';
import { TaskProblem } from '../tasks.problems.js';
import { TasksQueries } from '../tasks.queries.js';
import { TASK_ACTIONS, type TaskAction } from './task-actions.js';
import { type PolicyDecision, type PolicyQuestion } from './task-permissions.dto.js';

interface Asked {
  readonly action: TaskAction;
  /** The task as it is; undefined for one that is to be created. */
  readonly current: TaskAttributes | undefined;
  /** The task as it would be. */
  readonly resulting: TaskAttributes;
  readonly at: Date;
}

/** Answers what a user may do with a task, by the policies that changes and lists are judged by. */
@Injectable()
export class TaskPermissionsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly tasks: TasksQueries,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * @throws Problem 404 where the actor does not see the task or the user, so that no answer reveals a hidden record; 422
   *   where the action needs a task and none is named
   */
  async explain(actor: Actor, question: PolicyQuestion): Promise<PolicyDecision> {
    const { action, task, assigned_to } = question;
    const at = question.at === undefined ? this.clock.now() : new Date(question.at);
    const subject = await this.subjectOrThrow(actor, question.user ?? actor.id, at);
    const current = await this.attributesOrThrow(actor, subject, action, task);
    const resulting = { ...(current ?? newTaskOf(subject)), ...(assigned_to && { assigneeId: assigned_to }) };
    const decision = this.decide(subject, { action, current, resulting, at });
    return decisionJson(decision, { task: taskFacts({ ...resulting, id: task ?? null }) });
  }

  private async subjectOrThrow(actor: Actor, id: number, at: Date): Promise<DecisionSubject> {
    const user = await this.users.findActiveJudged(actor, id);
    if (!user || !matches(user, id === actor.id ? [{ id }] : visibleUsers(actor)))
      throw UserProblem.user_not_found(`User ${id} not found`);
    const { role, timeZone } = user;
    const narrowings = await this.tasks.narrowingsOf({ id, role }, at);
    return { id, role, timeZone, criticalException: this.config.criticalException, narrowings };
  }

  private async attributesOrThrow(
    actor: Actor,
    subject: DecisionSubject,
    action: TaskAction,
    task?: number,
  ): Promise<TaskAttributes | undefined> {
    if (action === 'create') return undefined;
    if (task === undefined)
      throw validationError([
        { field: 'task', code: 'required', message: `task is required for the action ${action}` },
      ]);
    return this.tasks.visibleAttributesOrThrow(actor, task, subject);
  }

  /** Judges in the order of a call: the guards, what the subject sees (404), the task as it is, then as it would be. */
  private decide(subject: DecisionSubject, { action, current, resulting, at }: Asked): Decision {
    const judge = (name: TaskAction, row: TaskAttributes) =>
      decide(TASK_ACTIONS[name].task, subject, this.calendar, at, row, (denial) =>
        asCallDenies(denial, name, subject, row),
      );
    const byGuards = decide(TASK_ACTIONS[action].route, subject, this.calendar, at);
    if (!byGuards.allowed) return byGuards;
    if (!current) return judge(action, resulting);
    if (!matches(current, visibleTasks({ ...subject, atWork: byGuards.facts.at_work }))) return asHidden(byGuards);
    const editing = judge(action === 'assign' ? 'edit' : action, current);
    return action === 'assign' && editing.allowed ? judge('assign', resulting) : editing;
  }
}

const newTaskOf = ({ id }: DecisionSubject): TaskAttributes =>
  asNewRecord<TaskAttributes>({ assigneeId: id, priority: 'medium' });

/** The problem that a change is answered with: `TasksService` names the reassignment. */
function asCallDenies(denial: Problem, rule: TaskAction, subject: DecisionSubject, row: TaskAttributes): Problem {
  if (denial.code !== 'not_yours') return explainCriticalException(subject, row, denial);
  if (rule === 'create') return creationForOthers();
  return rule === 'assign' ? TaskProblem.reassignment_not_allowed() : denial;
}

function asHidden(decision: Decision): Decision {
  const { code, detail } = TaskProblem.task_not_found('The user does not see this task');
  return { ...decision, allowed: false, code, detail, allowedFrom: null };
}
