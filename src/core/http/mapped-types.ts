import { type Type } from '@nestjs/common';
import { IntersectionType as IntersectionOf, OmitType as OmitOf, PartialType as PartialOf } from '@nestjs/swagger';
import { ApiSchemaHint, schemaHintsOf } from './api-docs.decorators.js';

/** As the library has it, with the hints of `ApiSchemaHint`, which that one drops. */
export const IntersectionType = ((...classes: Type[]) =>
  withHints((IntersectionOf as (...classes: Type[]) => Type)(...classes), classes)) as typeof IntersectionOf;

/** As the library has it, with the hints of `ApiSchemaHint`, which that one drops. */
export const PartialType = ((given: Type, options?: object) =>
  withHints(PartialOf(given, options), [given])) as typeof PartialOf;

/** As the library has it, with the hints of `ApiSchemaHint`, which that one drops. */
export const OmitType = ((given: Type, keys: readonly string[]) =>
  withHints(OmitOf(given, keys as never), [given], keys)) as typeof OmitOf;

function withHints(made: Type, classes: readonly Type[], omitted: readonly unknown[] = []): Type {
  for (const { prototype } of classes)
    for (const { property, facts } of schemaHintsOf(prototype as object))
      if (!omitted.includes(property)) ApiSchemaHint(facts)(made.prototype as object, property);
  return made;
}
