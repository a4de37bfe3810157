import { Injectable, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ROLES, type Role } from './actor.js';
import { ROUTE_POLICY, type RoutePolicy } from './can.decorator.js';
import { Narrowings } from './narrowings.service.js';
import { type Policy, type Scope } from './policy.js';

/** Rows that a scope covers: every row, some of them (mostly one's own), none. */
export type Coverage = 'all' | 'some' | 'none';

/** Coverage of a policy for one role, within and outside of its working hours. */
export interface RoleCoverage {
  readonly role: Role;
  readonly within_hours: Coverage;
  readonly outside_hours: Coverage;
}

/** A route with its policy; `rule` is null and `roles` empty for one that anyone may call. */
export interface RouteRule {
  readonly operation: string;
  readonly rule: string | null;
  readonly roles: readonly RoleCoverage[];
  /** Names of what extensions narrow it by. */
  readonly narrowed_by: readonly string[];
}

const METHODS = Object.fromEntries(Object.entries(RequestMethod).map(([name, value]) => [value, name]));

/** Evaluates the policy of every route for every role, so that the table cannot drift apart from the guards. */
@Injectable()
export class PolicyTable {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly application: ApplicationConfig,
    private readonly narrowings: Narrowings,
  ) {}

  /** Lists the routes under the global prefix in the order of their paths. */
  routes(): RouteRule[] {
    const rules = this.discovery.getControllers().flatMap(({ metatype }) => this.rulesOf(metatype as Type));
    return rules.sort((a, b) => keyOf(a).localeCompare(keyOf(b), 'en'));
  }

  private rulesOf(controller: Type): RouteRule[] {
    const { prototype } = controller as { prototype: Record<string, () => void> };
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as () => void;
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
      const base = Reflect.getMetadata(PATH_METADATA, controller) as string;
      const policy = this.reflector.getAllAndOverride<RoutePolicy>(ROUTE_POLICY, [handler, controller]);
      if (path === undefined || this.isAtRoot(`/${join(base, path)}`)) return [];
      const method = METHODS[Reflect.getMetadata(METHOD_METADATA, handler) as number];
      const operation = `${method} /${join(this.application.getGlobalPrefix(), base, path)}`;
      return [ruleOf(operation, policy, this.narrowings)];
    });
  }

  private isAtRoot(path: string): boolean {
    return (this.application.getGlobalPrefixOptions().exclude ?? []).some(({ pathRegex }) => pathRegex.test(path));
  }
}

function ruleOf(operation: string, policy: RoutePolicy, narrowings: Narrowings): RouteRule {
  if (policy === 'public') return { operation, rule: null, roles: [], narrowed_by: [] };
  const roles = ROLES.map((role) => ({
    role,
    within_hours: coverageOf(policy, role, true),
    outside_hours: coverageOf(policy, role, false),
  }));
  return { operation, rule: policy.title, roles, narrowed_by: narrowings.namesFor(policy) };
}

function coverageOf(policy: Policy<object>, role: Role, atWork: boolean): Coverage {
  const scope: Scope<object> = policy({ id: 0, role, atWork });
  if (scope.length === 0) return 'none';
  return scope.some((condition) => Object.keys(condition).length === 0) ? 'all' : 'some';
}

const keyOf = ({ operation }: RouteRule): string => operation.split(' ').reverse().join(' ');

const join = (...parts: string[]): string =>
  parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')
    .replace(/:(\w+)/g, '{$1}');
