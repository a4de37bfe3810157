import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type RecordReader } from '../core/authorization/visible-records.sql.js';
import { NOTIFICATION_TYPES } from './notification.entity.js';

/** Declaration of a kind of notifications by an extension. `F`: the facts that its text needs. */
export interface NotificationKindDefinition<F extends object> {
  /** Value of `notification_type`, such as `visit_missed`; of at most 32 characters, and of no other kind. */
  readonly type: string;
  /** Returns the text for people. Texts of users in it belong into quotation marks (`quotedText`). */
  message(facts: F): string;
  /**
   * Renders the condition under which the user may see the record (`RecordVisibility`). It is asked at each reading and
   * delivery, so that a notification leaves with its record.
   */
  visible(reader: RecordReader): Sql;
}

declare const VALIDATED: unique symbol;

/** A valid definition. */
export type NotificationKind<F extends object = never> = NotificationKindDefinition<F> & { readonly [VALIDATED]: true };

/** The same objects each time, so that an extension can keep a condition that it rendered for them. */
const OF_NOTIFICATION = { userId: sql`n.user_id`, recordId: sql`n.record_id` };
const TYPE = /^[a-z][a-z0-9_]{0,31}$/;

/**
 * Defines a kind of notifications about records of an extension, whose module file exports it in `notificationKinds`.
 *
 * @throws Error for a type of the product, or one that is no plain name
 */
export function notificationKind<F extends object>(definition: NotificationKindDefinition<F>): NotificationKind<F> {
  const { type } = definition;
  if (!TYPE.test(type)) throw new Error(`"${type}" is no type of notifications: use one like visit_missed`);
  if ((NOTIFICATION_TYPES as readonly string[]).includes(type))
    throw new Error(`The type "${type}" of notifications belongs to the product`);
  return Object.freeze({ ...definition }) as NotificationKind<F>;
}

/** The kinds of notifications of all extensions. */
export class NotificationKinds {
  /** @throws where two have the same type */
  constructor(private readonly all: readonly NotificationKind[]) {
    const twice = this.types.find((type, i) => this.types.indexOf(type) < i);
    if (twice !== undefined) throw new Error(`Two extensions have notifications of the type "${twice}"`);
  }

  /** Types in the order of their declaration. */
  get types(): string[] {
    return this.all.map(({ type }) => type);
  }

  /** Every value that `notification_type` can have: those of the product, then those of extensions. */
  get everyType(): string[] {
    return [...NOTIFICATION_TYPES, ...this.types];
  }

  /** @throws where no extension exports the kind: its notifications would be hidden */
  assertDeclared(kind: NotificationKind): void {
    if (this.types.includes(kind.type)) return;
    throw new Error(`The module file exports no notification kind "${kind.type}" in notificationKinds`);
  }

  /**
   * Renders the condition that the user of a notification `n` may see its record. Fails closed: of a kind that is not
   * declared, as after the removal of an extension, nothing decides who may, so that it is hidden.
   */
  shown(now: Date): Sql {
    if (this.all.length === 0) return sql`n.record_id IS NULL`;
    const reader = { ...OF_NOTIFICATION, now };
    const cases = this.all.map((kind) => sql`WHEN ${raw(`'${kind.type}'`)} THEN ${kind.visible(reader)}`);
    return sql`(n.record_id IS NULL OR CASE n.notification_type ${join(cases, ' ')} ELSE FALSE END)`;
  }
}
