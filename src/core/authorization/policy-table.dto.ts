import { ApiSchemaHint } from '../http/api-docs.decorators.js';
import { ROLES, type Role } from './actor.js';
import { type Coverage } from './policy-table.service.js';

const COVERAGES = ['all', 'some', 'none'];

/** Records that a rule opens to a role: all, some (mostly one's own), or none. */
export class RoleCoverageView {
  @ApiSchemaHint({ enum: [...ROLES] })
  role: Role;
  @ApiSchemaHint({ enum: COVERAGES })
  within_hours: Coverage;
  /** Outside the working hours of the user. */
  @ApiSchemaHint({ enum: COVERAGES })
  outside_hours: Coverage;
}

/** An operation and the rule that decides who may call it. */
export class RouteRuleView {
  /**
   * Method and path.
   *
   * @example "PATCH /api/tasks/{id}"
   */
  operation: string;
  /**
   * Null where anyone may call it.
   *
   * @example "edit tasks"
   */
  rule: string | null;
  roles: RoleCoverageView[];
  /**
   * Names of what extensions narrow the rule by: a user may see and change less than the role.
   *
   * @example ["departments"]
   */
  narrowed_by: string[];
}

/** Every operation with its rule. */
export class PolicyTableView {
  rules: RouteRuleView[];
}
