import { type Type } from '@nestjs/common';
import { IntersectionType as IntersectionOf, PartialType as PartialOf } from '@nestjs/swagger';
import { ApiSchemaHint, schemaHintsOf } from './api-docs.decorators.js';

/** As that of @nestjs/swagger, with the hints of `ApiSchemaHint`, which that one drops. */
export const IntersectionType = ((...classes: Type[]) =>
  withHints((IntersectionOf as (...classes: Type[]) => Type)(...classes), classes)) as typeof IntersectionOf;

/** As that of @nestjs/swagger, with the hints of `ApiSchemaHint`, which that one drops. */
export const PartialType = ((given: Type, options?: object) =>
  withHints(PartialOf(given, options), [given])) as typeof PartialOf;

function withHints(made: Type, classes: readonly Type[]): Type {
  for (const { prototype } of classes)
    for (const { property, facts } of schemaHintsOf(prototype as object))
      ApiSchemaHint(facts)(made.prototype as object, property);
  return made;
}
