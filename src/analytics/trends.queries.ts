import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { postgresZone } from '../core/authorization/postgres-zone.js';
import { Clock } from '../core/clock.js';
import { validationError, type Problem } from '../core/http/problem.js';
import { type DayOrInstant } from '../core/http/span.js';
import { Database } from '../infrastructure/database/database.js';
import { assigneesOf } from './rollups/task-totals.sql.js';
import { visibleTasks } from '../tasks/task.policy.js';
import { type Bucket, type TrendsSpan } from './analytics.dto.js';
import { visibleLiveTasks } from './overview.queries.js';

const DAYS: Readonly<Record<Bucket, number>> = { day: 1, week: 7 };
const MAX_BUCKETS = 400;
const DEFAULT_DAYS = 30;
/** Bounds of days: years have four digits in every zone, also for whole weeks and the days before them. */
const YEARS = { first: 1900, last: 9998 };

/** Days of a calendar, and the instants at which their buckets begin; the last one is where the last bucket ends. */
interface Calendar {
  readonly from_year: number;
  readonly to_year: number;
  readonly isReversed: boolean;
  readonly from_day: string;
  readonly to_day: string;
  readonly first_day: string;
  readonly buckets: number;
  readonly bucketBoundaries: string[];
}

/** Reads figures over time. */
@Injectable()
export class TrendsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads the calendar and the tasks, in two statements.
   *
   * @returns the `Trends` as JSON text
   * @throws Problem 422 for days too far away, a span that ends before it begins, or too many buckets
   */
  async trends(actor: Actor, { from, to, bucket = 'day' }: TrendsSpan): Promise<string> {
    assertForwards(from, to);
    const now = this.clock.now();
    const calendar = (await this.database.row<Calendar>(calendarSql(actor, now, DAYS[bucket], from, to))) as Calendar;
    check(calendar, from !== undefined);
    return (await this.database.row<{ json: string }>(trendsSql(actor, now, bucket, calendar)))?.json as string;
  }
}

/** Asserts the order of instants, also within one day; equal ones stand for their day. */
function assertForwards(from: DayOrInstant | undefined, to: DayOrInstant | undefined): void {
  if (from instanceof Date && to instanceof Date && from > to) throw backward(from.toISOString(), to.toISOString());
}

const backward = (from: string, to: string): Problem =>
  validationError([{ field: 'from', code: 'after_to', message: `from (${from}) must not be after to (${to})` }]);

function check({ from_day, to_day, from_year, to_year, isReversed, buckets }: Calendar, fromGiven: boolean): void {
  const given = { ...(fromGiven && { from: from_year }), to: to_year };
  const far = Object.entries(given).filter(([, year]) => year < YEARS.first || year > YEARS.last);
  if (far.length > 0) {
    const message = (field: string) => `${field} must be a day of the years ${YEARS.first} to ${YEARS.last}`;
    throw validationError(far.map(([field]) => ({ field, code: 'out_of_range', message: message(field) })));
  }
  if (isReversed) throw backward(from_day, to_day);
  if (buckets > MAX_BUCKETS) {
    const message = `from and to must be at most ${MAX_BUCKETS} buckets apart; these are ${buckets}`;
    throw validationError([{ field: 'to', code: 'too_many_buckets', message }]);
  }
}

function calendarSql(actor: Actor, now: Date, days: number, from?: DayOrInstant, to: DayOrInstant = now): Sql {
  const zone = postgresZone(actor.timeZone);
  const dayOf = (at: DayOrInstant) =>
    at instanceof Date ? sql`(${at}::timestamptz AT TIME ZONE ${zone})::date` : sql`${at.day}::date`;
  const fromDay = from ? dayOf(from) : sql`to_day - ${DEFAULT_DAYS - 1}::int`;
  const fromMonday = sql`(extract(isodow FROM from_day)::int - 1)`;
  // The clock may show midnight twice (Azores in autumn) or, where a whole day was left out, PostgreSQL may read the
  // minute before it a day late (Samoa in 2011): the earlier of the two readings is the day's first instant.
  return sql`WITH asked AS (SELECT ${fromDay} AS from_day, to_day FROM (SELECT ${dayOf(to)} AS to_day) given),
    first AS (SELECT *, from_day - ${days === 7 ? fromMonday : sql`0`} AS first_day FROM asked),
    span AS (SELECT *, (to_day - first_day) / ${days}::int + 1 AS buckets FROM first)
    SELECT extract(year FROM from_day)::int AS from_year, extract(year FROM to_day)::int AS to_year,
      from_day > to_day AS "isReversed", to_char(from_day, 'YYYY-MM-DD') AS from_day, to_char(to_day, 'YYYY-MM-DD') AS to_day,
      to_char(first_day, 'YYYY-MM-DD') AS first_day, buckets, ARRAY(
        SELECT least(local AT TIME ZONE ${zone}, (local - interval '1 minute') AT TIME ZONE ${zone} + interval '1 minute')::text
        FROM generate_series(0, least(buckets, ${MAX_BUCKETS}::int)) n, LATERAL (SELECT (first_day + n * ${days}::int)::timestamp AS local) day
        ORDER BY n) AS "bucketBoundaries"
    FROM span`;
}

/**
 * A task is overdue from its deadline, or its creation if that is later, until its completion. So each end of that time
 * is an event, and a running sum of them says how many are overdue at the end of a bucket. Each kind of event is found
 * in an index that begins with its time; those overdue since before the first bucket are only counted.
 */
function trendsSql(actor: Actor, now: Date, bucket: Bucket, { bucketBoundaries, ...calendar }: Calendar): Sql {
  const starts = sql`${bucketBoundaries.slice(0, -1)}::timestamptz[]`;
  const span = {
    opens: sql`${bucketBoundaries[0]}::timestamptz`,
    closes: sql`${bucketBoundaries.at(-1)}::timestamptz`,
  };
  // An actor who sees a few tasks reads each of them once: without values, the planner takes any span for a short one and
  // would search a long one for few tasks.
  const few = assigneesOf(visibleTasks(actor)) !== 'everyone';
  return sql`WITH t AS ${few ? sql`MATERIALIZED` : sql`NOT MATERIALIZED`}
      (SELECT t.created_at, t.deadline, t.completed_at, t.status FROM tasks t WHERE ${visibleLiveTasks(actor)}),
    event AS (${eventsSql(now, span)}),
    tally AS (SELECT width_bucket(at, ${starts}) AS n, sum(created) AS created, sum(completed) AS completed,
        sum(overdue) AS overdue FROM event GROUP BY 1
      -- Number 0 is all that was before the first bucket.
      UNION ALL SELECT 0, 0, 0, count(*) FROM t WHERE t.status <> 'completed' AND t.deadline < least(${span.opens}, ${now}::timestamptz)
        AND t.created_at < ${span.opens}),
    bucket AS (SELECT n, coalesce(sum(created), 0) AS created, coalesce(sum(completed), 0) AS completed,
        CASE WHEN (${starts})[n] > ${now} THEN 0 ELSE coalesce(sum(sum(overdue)) OVER (ORDER BY n), 0) END AS overdue
      FROM generate_series(0, ${calendar.buckets}::int) n LEFT JOIN tally USING (n) GROUP BY n)
    SELECT json_build_object('from', ${calendar.from_day}::text, 'to', ${calendar.to_day}::text, 'bucket', ${bucket}::text,
      'buckets', coalesce(json_agg(json_build_object(
        'start', to_char(${calendar.first_day}::date + (n - 1) * ${DAYS[bucket]}::int, 'YYYY-MM-DD'),
        'created', created, 'completed', completed, 'overdue', overdue,
        'throughput', round(completed::numeric / ${DAYS[bucket]}::int, 2)) ORDER BY n), '[]'))::text AS json
    FROM bucket WHERE n > 0`;
}

function eventsSql(now: Date, { opens, closes }: { opens: Sql; closes: Sql }): Sql {
  const open = sql`FROM t WHERE t.status <> 'completed'`;
  const due = sql`t.deadline < least(${closes}, ${now}::timestamptz)`;
  const late = sql`greatest(t.created_at, t.deadline)`;
  const within = (column: string) => sql`${raw(column)} >= ${opens} AND ${raw(column)} < ${closes}`;
  return sql`SELECT t.created_at AS at, 1 AS created, 0 AS completed, 0 AS overdue FROM t WHERE ${within('t.created_at')}
    UNION ALL SELECT t.completed_at, 0, 1, CASE WHEN ${due} AND ${late} < t.completed_at THEN -1 ELSE 0 END
      FROM t WHERE ${within('t.completed_at')}
    UNION ALL SELECT ${late}, 0, 0, 1 FROM t WHERE t.completed_at >= ${opens} AND ${due}
      AND ${late} < least(t.completed_at, ${closes})
    -- Open ones that became overdue in the span, by their deadline or, of those made after it, by their creation.
    UNION ALL SELECT ${late}, 0, 0, 1 ${open} AND t.deadline >= ${opens} AND ${due} AND t.created_at < ${closes}
    UNION ALL SELECT t.created_at, 0, 0, 1 ${open} AND ${within('t.created_at')}
      AND t.deadline < least(${opens}, ${now}::timestamptz)`;
}
