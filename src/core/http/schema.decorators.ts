import { ApiSchemaHint } from './api-docs.decorators.js';

/** Maximum of PostgreSQL's `integer`. */
export const MAX_INT32 = 2_147_483_647;

/** Bounds of a number, both included. */
interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Documents a whole number, or a list of them: of 32 bits unless its maximum needs 64. Without it a number may have decimals. */
export function Integer({ minimum, maximum }: Bounds = {}): PropertyDecorator {
  const format = (maximum ?? 0) > MAX_INT32 ? 'int64' : 'int32';
  return ApiSchemaHint({ format, minimum, maximum });
}

/** Documents the id of a record, or a list of them. */
export const Id = (): PropertyDecorator => Integer({ minimum: 1 });

/** Documents the version of a record, from 1, which its `ETag` shows. */
export const VersionNumber = (): PropertyDecorator => Integer({ minimum: 1 });

/** Documents an id of 64 bits (`bigint`), such as that of an audit entry. */
export const BigIntId = (): PropertyDecorator => ApiSchemaHint({ format: 'int64', minimum: 1 });

/** Documents a number of things, from 0. */
export const Count = (): PropertyDecorator => Integer({ minimum: 0 });

/** Documents a point in time as text: RFC 3339, in UTC. */
export const Instant = (): PropertyDecorator => ApiSchemaHint({ format: 'date-time' });

/** Documents a day of the calendar as text, such as `2026-03-01`. */
export const Day = (): PropertyDecorator => ApiSchemaHint({ format: 'date' });

/** Documents an e-mail address. */
export const EmailAddress = (): PropertyDecorator => ApiSchemaHint({ format: 'email' });
