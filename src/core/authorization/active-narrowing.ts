import { Logger } from '@nestjs/common';
import { serviceUnavailable } from '../http/problem.js';
import { type NarrowedUser, type Narrowing } from './narrowing.js';
import { concernsSubjects, narrowingPolicies, type NarrowablePolicy, type UserNarrowing } from './narrowed-scope.js';
import { Restriction, type Attributes, type HiddenType } from './restriction.sql.js';

const logger = new Logger('Narrowings');

/** A narrowing with the facts about one user, for one request. */
export class ActiveNarrowing implements UserNarrowing {
  /** Undefined until it is needed; null where the user is left alone. */
  private computed: Restriction | null | undefined;

  /** @param facts the error where they could not be read */
  constructor(
    private readonly narrowing: Narrowing,
    private readonly facts: readonly object[] | Error,
    private readonly user: NarrowedUser,
  ) {}

  get name(): string {
    return this.narrowing.name;
  }

  get restriction(): Restriction | undefined {
    if (this.computed === undefined) this.computed = this.compute();
    return this.computed ?? undefined;
  }

  of(policy: NarrowablePolicy): Restriction[] {
    return narrows(this.narrowing, policy) && this.restriction ? [this.restriction] : [];
  }

  hidden(): HiddenType[] {
    const types = shownTypes(this.narrowing);
    const restriction = types.length > 0 ? this.restriction : undefined;
    return restriction ? types.map((type) => ({ type, restriction })) : [];
  }

  private compute(): Restriction | null {
    try {
      if (this.facts instanceof Error) throw this.facts;
      const scope = this.narrowing.scope(this.user, this.facts);
      assertValid(this.narrowing, scope);
      const leavesAll = scope.some((condition) => Object.keys(condition).length === 0);
      if (leavesAll) return null;
      const own = this.narrowing.policies.some(concernsSubjects) ? this.user.id : undefined;
      return new Restriction(this.name, this.narrowing.attributes, scope, own);
    } catch (error) {
      logger.error({ msg: `The narrowing "${this.name}" failed`, user: this.user.id, err: error });
      throw serviceUnavailable(`What "${this.name}" leaves to you could not be found out; try again`);
    }
  }
}

/** True for a policy that a narrowing names, or one within it. */
export function narrows({ policies }: Narrowing, policy: NarrowablePolicy): boolean {
  if (policy.narrowable?.type) return policies.some(({ narrowable }) => narrowable?.shows !== undefined);
  return narrowingPolicies(policy).some((named) => (policies as readonly NarrowablePolicy[]).includes(named));
}

const shownTypes = ({ policies }: Narrowing): string[] =>
  policies.flatMap(({ narrowable }) => (narrowable?.shows === undefined ? [] : [narrowable.shows]));

/** @throws where a condition is not an equality of a known attribute and a plain value */
function assertValid({ attributes }: Narrowing, scope: readonly Attributes[]): void {
  for (const [name, value] of scope.flatMap((condition) => Object.entries(condition))) {
    if (!Object.hasOwn(attributes.columns, name)) throw new Error(`It has no attribute "${name}"`);
    const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    if (!isPlain) throw new Error(`The attribute "${name}" is compared with what is no text, number or boolean`);
  }
}
