import { IsBoolean, IsIn } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { IsId, OptionalNotNull, OptionalNullable, oneOf, ParseBoolean } from '../../../core/http/field.validators.js';
import { OmitType, PartialType } from '../../../core/http/mapped-types.js';
import { PageQuery } from '../../../core/http/page.dto.js';
import { ReadOnly } from '../../../core/http/validation.pipe.js';
import { Day, Id, Instant, VersionNumber } from '../../../core/http/schema.decorators.js';
import { IsOptionalDay, IsStudyDay } from '../records/day.validators.js';
import { AnyId, AnyOf, SortedBy } from '../records/filters.js';
import { MEMBER_ROLES, type MemberRole } from './member.entity.js';

export class MemberView {
  /** @example 5 */
  @Id()
  id: number;
  /** @example 1 */
  @Id()
  study_id: number;
  /**
   * The site that the member is limited to; null for the whole study.
   * @example 2
   */
  @Id()
  site_id: number | null;
  /** @example 2 */
  @Id()
  user_id: number;
  /** @example "developer" */
  username: string;
  /** @example "monitor" */
  @ApiSchemaHint({ enum: [...MEMBER_ROLES] })
  role: MemberRole;
  /** @example "2026-03-01" */
  @Day()
  start_date: string;
  /**
   * The last day; null where it has none.
   * @example "2027-12-31"
   */
  @Day()
  end_date: string | null;
  /** True from the first day to the last. */
  active: boolean;
  /**
   * Number of the version, the `ETag` of the membership.
   * @example 1
   */
  @VersionNumber()
  version: number;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  created_at: string;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  updated_at: string;
}

/** Open task of a user whose membership ends. */
export class TaskToHandOver {
  /** @example 3 */
  @Id()
  id: number;
  /** @example "Verify informed consent forms, site 104" */
  title: string;
  /** @example "2027-03-01T09:30:00.000Z" */
  @Instant()
  deadline: string;
}

export class ChangedMember extends MemberView {
  /** Open tasks of the study that the user has and no membership covers after `end_date`, or now where there is none or it is past; by deadline, at most 100. */
  tasks_to_hand_over: TaskToHandOver[];
}

const READ_ONLY = ['id', 'study_id', 'username', 'active', 'version', 'created_at', 'updated_at'];

@ReadOnly(...READ_ONLY)
export class NewMember {
  /** @example 2 */
  @IsId()
  user_id: number;
  /**
   * Limits the member to one site.
   * @example 2
   */
  @OptionalNullable()
  @IsId()
  site_id?: number | null;
  /** @example "monitor" */
  @IsIn(MEMBER_ROLES, { message: oneOf(MEMBER_ROLES) })
  role: MemberRole;
  /**
   * Default: today.
   * @example "2026-03-01"
   */
  @OptionalNotNull()
  @IsStudyDay()
  start_date?: string;
  /**
   * The last day.
   * @example "2027-12-31"
   */
  @IsOptionalDay()
  end_date?: string | null;
}

/** Fields left out keep their values. Another user is another membership. */
@ReadOnly(...READ_ONLY, 'user_id', 'tasks_to_hand_over')
export class MemberPatch extends PartialType(OmitType(NewMember, ['user_id']), { skipNullProperties: false }) {}

export class MemberFilter extends PageQuery {
  @AnyOf(MEMBER_ROLES)
  role?: string[];

  /** Ids of users. */
  @AnyId()
  user_id?: number[];

  /** Ids of sites. */
  @AnyId()
  site_id?: number[];

  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'active must be true or false' })
  active?: boolean;

  /** `id`, `start_date`, with `-` for descending. */
  @SortedBy(['id', 'start_date'])
  sort?: string;
}
