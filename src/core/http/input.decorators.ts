import { Body as NestBody, Query as NestQuery } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

const BODY = Symbol('ctms:body');
const QUERY = Symbol('ctms:query');

/** Input that a handler declares; undefined for what it does not take. */
export interface DeclaredInput {
  /** Validated fields of its body. */
  readonly body: readonly string[] | undefined;
  /** Validated parameters of its query. */
  readonly query: readonly string[] | undefined;
}

/** Injects the body, validated by the class of the argument. A handler without it refuses any field. */
export const Body = (): ParameterDecorator => declaring(BODY, NestBody());

/** Injects the query, validated by the class of the argument. A handler without it refuses any parameter. */
export const Query = (): ParameterDecorator => declaring(QUERY, NestQuery());

/** Returns the fields and parameters that a handler declares by `@Body()` and `@Query()` of this file. */
export function declaredInputOf(handler: object): DeclaredInput {
  return {
    body: Reflect.getMetadata(BODY, handler) as string[] | undefined,
    query: Reflect.getMetadata(QUERY, handler) as string[] | undefined,
  };
}

function declaring(kind: symbol, inject: ParameterDecorator): ParameterDecorator {
  return (target, method, index) => {
    inject(target, method, index);
    if (method === undefined) return;
    const types = Reflect.getMetadata('design:paramtypes', target, method) as object[];
    const handler = (target as Record<string | symbol, object>)[method] as object;
    Reflect.defineMetadata(kind, fieldsIn(types[index] as new () => object), handler);
  };
}

function fieldsIn(type: new () => object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}
