import { ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsObject } from 'class-validator';
import { ApiSchemaHint } from '../core/http/api-docs.decorators.js';
import { IsIds, oneOf, OptionalNotNull, ParseBoolean } from '../core/http/field.validators.js';
import { Count, Id, Integer, VersionNumber } from '../core/http/schema.decorators.js';
import { NewTask, TaskPatch } from './tasks.dto.js';

const BULK_MODES = ['atomic', 'partial'] as const;
export type BulkMode = (typeof BULK_MODES)[number];
const MAX_ITEMS = 1000;

/** Mode of a change of many tasks. */
export class BulkQuery {
  /** `atomic` (default): all or none. `partial`: those that are allowed; the others are named in the answer. */
  @OptionalNotNull()
  @IsIn(BULK_MODES, { message: oneOf(BULK_MODES) })
  mode?: BulkMode;

  /** `true`: answers what would be done, and changes nothing. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'dry_run must be true or false' })
  dry_run?: boolean;
}

/** A task of a bulk creation: the reason is that of the request, and each body of the document has one of its own. */
export class NewTaskItem extends NewTask {}

@ApiExtraModels(NewTaskItem)
export class NewTasks {
  /** 1 to 1,000 tasks. Each is validated by itself. */
  @IsArray({ message: 'tasks must be a list of tasks' })
  @ArrayMinSize(1, { message: 'tasks must be a list of at least one task' })
  @ArrayMaxSize(MAX_ITEMS, { message: `tasks must be a list of at most ${MAX_ITEMS} tasks` })
  @ApiSchemaHint({ type: 'array', items: { $ref: getSchemaPath(NewTaskItem) } })
  tasks: unknown[];
}

export class TaskChanges {
  /**
   * At most 1,000 ids; duplicates count once.
   * @example [1, 2]
   */
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? [...new Set(value)] : value))
  @IsIds()
  @ArrayMinSize(1, { message: 'task_ids must be a list of at least one id' })
  @ArrayMaxSize(MAX_ITEMS, { message: `task_ids must be a list of at most ${MAX_ITEMS} ids` })
  task_ids: number[];

  /**
   * Fields that each of the tasks takes; those left out keep their values.
   * @example { "priority": "high" }
   */
  @IsObject({ message: 'changes must be an object with the fields to change' })
  @ApiSchemaHint({ type: TaskPatch })
  changes: object;
}

/** Error of a field of an item. */
export class BulkFieldError {
  /** @example "title" */
  field: string;
  /** @example "required" */
  code: string;
  /** @example "title is required" */
  message: string;
}

/** Why an item was not done, as the problem of a single call. */
export class BulkItemProblem {
  /** @example "urn:ctms:problem:assignee_not_found" */
  type: string;
  /** @example "No such assignee" */
  title: string;
  /** @example 404 */
  @Integer({ minimum: 100, maximum: 599 })
  status: number;
  /** @example "Assigned user 77 not found" */
  detail: string;
  /** @example "assignee_not_found" */
  code: string;
  errors?: BulkFieldError[];
}

export class BulkItem {
  /**
   * Place in the list of the request, from 0.
   * @example 0
   */
  @Count()
  index: number;
  /**
   * Id of the task; null where none was created.
   * @example 3
   */
  @Id()
  id: number | null;
  /**
   * Status that a single call would have answered.
   * @example 200
   */
  @Integer({ minimum: 100, maximum: 599 })
  status: number;
  /**
   * Version of the task after the change; null where there is none.
   * @example 2
   */
  @VersionNumber()
  version: number | null;
  problem?: BulkItemProblem;
}

export class BulkResult {
  /** @example "partial" */
  @ApiSchemaHint({ enum: [...BULK_MODES] })
  mode: BulkMode;
  /** True where nothing was changed. */
  dry_run: boolean;
  /** @example 2 */
  @Count()
  succeeded_count: number;
  /** @example 0 */
  @Count()
  failed_count: number;
  /** One result per item, in the order of the request. */
  results: BulkItem[];
}
