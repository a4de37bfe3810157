import { Type } from 'class-transformer';
import { IsIn, IsObject, ValidateNested } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { IsIanaTimeZone, IsInteger, OptionalNullable, oneOf } from '../../../core/http/field.validators.js';
import { PartialType } from '../../../core/http/mapped-types.js';
import { PageQuery } from '../../../core/http/page.dto.js';
import { ReadOnly } from '../../../core/http/validation.pipe.js';
import { Count, Day, Id, Instant, VersionNumber } from '../../../core/http/schema.decorators.js';
import { IsOptionalDay, IsStudyDay } from '../records/day.validators.js';
import { AnyOf, AnyText, SortedBy } from '../records/filters.js';
import { IsOptionalText, IsText } from '../records/text.validators.js';
import { SITE_STAGES, SITE_STATUSES, type SiteStatus } from './site.entity.js';

/** Counts of participants as the site reported them. */
export class EnrollmentReportView {
  /** @example "2026-11-23" */
  @IsStudyDay()
  as_of: string;
  /** @example 14 */
  @IsInteger(0, 1_000_000)
  screened: number;
  /** @example 11 */
  @IsInteger(0, 1_000_000)
  enrolled: number;
  /** @example 1 */
  @IsInteger(0, 1_000_000)
  withdrawn: number;
  /** @example 4 */
  @IsInteger(0, 1_000_000)
  completed: number;
}

export class SiteView {
  /** @example 2 */
  @Id()
  id: number;
  /** @example 1 */
  @Id()
  study_id: number;
  /**
   * Null where a registry has none.
   * @example "104"
   */
  site_number: string | null;
  /** @example "Universitätsklinikum Köln" */
  facility: string;
  /** @example "Köln" */
  city: string | null;
  /** @example "Nordrhein-Westfalen" */
  state: string | null;
  /** @example "50937" */
  zip: string | null;
  /** @example "Germany" */
  country: string | null;
  /** @example "Europe/Berlin" */
  time_zone: string | null;
  /**
   * As the registry has it.
   * @example "recruiting"
   */
  @ApiSchemaHint({ enum: [...SITE_STATUSES] })
  status: SiteStatus | null;
  /**
   * By the dates: identified, selected, initiated, active, closed.
   * @example "active"
   */
  @ApiSchemaHint({ enum: [...SITE_STAGES] })
  stage: (typeof SITE_STAGES)[number];
  /** @example "Dr. Ines Falk" */
  principal_investigator: string | null;
  /** @example 20 */
  @Count()
  target_enrollment: number | null;
  /** @example "2026-03-02" */
  @Day()
  selected_on: string | null;
  /** @example "2026-05-11" */
  @Day()
  initiated_on: string | null;
  /** @example "2026-06-01" */
  @Day()
  activated_on: string | null;
  /** @example "2027-12-15" */
  @Day()
  closed_on: string | null;
  /** The latest report. */
  enrollment_report: EnrollmentReportView | null;
  /**
   * Number of the version, the `ETag` of the site.
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

const READ_ONLY = ['id', 'study_id', 'stage', 'version', 'created_at', 'updated_at'];

@ReadOnly(...READ_ONLY)
export class NewSite {
  /**
   * Unique within the study.
   * @example "104"
   */
  @IsOptionalText(50)
  site_number?: string | null;
  /** @example "Universitätsklinikum Köln" */
  @IsText(300)
  facility: string;
  /** @example "Köln" */
  @IsOptionalText(150)
  city?: string | null;
  /** @example "Nordrhein-Westfalen" */
  @IsOptionalText(150)
  state?: string | null;
  /** @example "50937" */
  @IsOptionalText(30)
  zip?: string | null;
  /** @example "Germany" */
  @IsOptionalText(100)
  country?: string | null;
  /** @example "Europe/Berlin" */
  @OptionalNullable()
  @IsIanaTimeZone()
  time_zone?: string | null;
  /** @example "recruiting" */
  @OptionalNullable()
  @IsIn(SITE_STATUSES, { message: oneOf(SITE_STATUSES) })
  status?: SiteStatus | null;
  /** @example "Dr. Ines Falk" */
  @IsOptionalText(200)
  principal_investigator?: string | null;
  /** @example 20 */
  @OptionalNullable()
  @IsInteger(0, 1_000_000)
  target_enrollment?: number | null;
  /** @example "2026-03-02" */
  @IsOptionalDay()
  selected_on?: string | null;
  /** @example "2026-05-11" */
  @IsOptionalDay()
  initiated_on?: string | null;
  /** @example "2026-06-01" */
  @IsOptionalDay()
  activated_on?: string | null;
  /** @example "2027-12-15" */
  @IsOptionalDay()
  closed_on?: string | null;
  /** The latest report; it replaces the one before. */
  @OptionalNullable()
  @IsObject()
  @ValidateNested()
  @Type(() => EnrollmentReportView)
  enrollment_report?: EnrollmentReportView | null;
}

/** Fields left out keep their values. */
@ReadOnly(...READ_ONLY)
export class SitePatch extends PartialType(NewSite, { skipNullProperties: false }) {}

export class SiteFilter extends PageQuery {
  @AnyOf(SITE_STAGES)
  stage?: string[];

  /** Countries, as they are written in the sites; one with commas is also sought as a whole. */
  @AnyText()
  country?: string[];

  /** `id`, `site_number`, `facility`, with `-` for descending. */
  @SortedBy(['id', 'site_number', 'facility'])
  sort?: string;
}
