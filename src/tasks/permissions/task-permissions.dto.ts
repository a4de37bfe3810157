import { IsIn } from 'class-validator';
import { ROLES, type Role } from '../../core/authorization/actor.js';
import { ApiSchemaHint } from '../../core/http/api-docs.decorators.js';
import { IsId, IsIsoDateTime, OptionalNotNull } from '../../core/http/field.validators.js';
import { Id, Instant } from '../../core/http/schema.decorators.js';
import { PRIORITIES, type Priority } from '../task.entity.js';
import { TASK_ACTIONS, type TaskAction } from './task-actions.js';

const ACTIONS = Object.keys(TASK_ACTIONS) as TaskAction[];

/** A question about what someone may do. */
export class PolicyQuestion {
  /**
   * `see`, `edit` and `delete` concern a task; `create` a new task, and `assign` giving a task to `assigned_to`.
   *
   * @example "edit"
   */
  @IsIn(ACTIONS, { message: `action must be one of ${ACTIONS.join(', ')}` })
  @ApiSchemaHint({ enum: ACTIONS })
  action: TaskAction;

  /**
   * Required for every action but `create`.
   *
   * @example 1
   */
  @OptionalNotNull()
  @Id()
  @IsId()
  task?: number;

  /**
   * The user to decide for; yourself where left out.
   *
   * @example 2
   */
  @OptionalNotNull()
  @Id()
  @IsId()
  user?: number;

  /**
   * The assignee that a new task or an assignment would have; the user where left out.
   *
   * @example 2
   */
  @OptionalNotNull()
  @IsId()
  assigned_to?: number;

  /**
   * The time to decide for; now where left out.
   *
   * @example 2026-03-02T06:30:00Z
   */
  @OptionalNotNull()
  @IsIsoDateTime()
  at?: string;
}

/** The task as the policy saw it. */
export class DecisionTask {
  /** @example 1 */
  @Id()
  id: number | null;
  /** @example 2 */
  @Id()
  assigned_to: number;
  @ApiSchemaHint({ enum: [...PRIORITIES] })
  priority: Priority;
}

/** Working hours on the user's wall clock. */
export class WorkingHours {
  /** @example "09:00" */
  start: string;
  /** @example "18:00" */
  end: string;
}

/** Attributes of user, time and task that the decision depended on. */
export class DecisionFacts {
  /** @example 2 */
  @Id()
  user: number;
  @ApiSchemaHint({ enum: [...ROLES] })
  role: Role;
  /** @example "Asia/Kolkata" */
  time_zone: string;
  /** @example 2026-03-02T06:30:00.000Z */
  @Instant()
  at: string;
  /**
   * Wall clock of the user.
   *
   * @example 2026-03-02T12:00
   */
  local_time: string;
  /** True within the user's working hours. */
  at_work: boolean;
  working_hours: WorkingHours;
  /** Left out where the decision concerns no task, or one that you do not see. */
  task?: DecisionTask;
}

/** A decision, and why. */
export class PolicyDecision {
  allowed: boolean;
  /**
   * Verb and object of the rule.
   *
   * @example "edit tasks"
   */
  rule: string;
  /**
   * The problem code that a call would be answered with.
   *
   * @example "outside_working_hours"
   */
  code: string | null;
  /** @example "You may edit tasks within your working hours only" */
  detail: string | null;
  /**
   * From when on the user's working hours allow it.
   *
   * @example 2026-03-03T03:30:00.000Z
   */
  @Instant()
  allowed_from: string | null;
  /**
   * Roles that may do this, at some time, with a task in this relation to the user.
   *
   * @example ["manager", "developer"]
   */
  allowed_roles: Role[];
  facts: DecisionFacts;
}
