import { IntersectionType } from '../../core/http/mapped-types.js';
import { IsIn, ValidateBy, type ValidationArguments } from 'class-validator';
import { CommaSeparated, oneOf, OptionalNotNull } from '../../core/http/field.validators.js';
import { AsOfQuery } from '../../audit/point-in-time/as-of.dto.js';

/** Members that an answer has on request only. */
const INCLUDABLE = ['allowed_actions'] as const;

/** Selects members that an answer about tasks has beside the task itself. */
export class TaskInclude {
  /** `allowed_actions`: what you may do with the task now. */
  @OptionalNotNull()
  @CommaSeparated()
  @IsIn(INCLUDABLE, { each: true, message: oneOf(INCLUDABLE) })
  @OfNow()
  include?: (typeof INCLUDABLE)[number][];
}

/** Parameters of a single task. */
export class TaskReadQuery extends IntersectionType(AsOfQuery, TaskInclude) {}

/** Rejects what is of now beside `as_of`. */
function OfNow(): PropertyDecorator {
  return ValidateBy({
    name: 'ofNow',
    validator: {
      validate: (_, args?: ValidationArguments) => (args?.object as Partial<AsOfQuery>).as_of === undefined,
      defaultMessage: () => '$property says what you may do now, so it cannot be combined with as_of',
    },
  });
}
