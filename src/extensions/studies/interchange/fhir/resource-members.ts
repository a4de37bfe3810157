import { isJsonObject } from '../json-reader.js';
import { type Located } from './contained-resources.js';
import { type FhirDocument } from './fhir-document.js';

/** A resource that is written: a copy of the source, whose members may be set. */
export type MutableResource = Record<string, unknown>;

/** A document while it is written. */
export interface WrittenDocument {
  readonly study: MutableResource;
  readonly located: Located;
  readonly index: FhirDocument;
  /** Adds a resource. @returns the reference to it */
  readonly add: (resource: MutableResource, kind: string) => string;
}

/** Returns a list of a resource, which is added where it is missing. */
export function listIn(resource: MutableResource, name: string): unknown[] {
  const list = Array.isArray(resource[name]) ? (resource[name] as unknown[]) : [];
  resource[name] = list;
  return list;
}

/** Sets a member, or removes it where the value is undefined. */
export function setMember(resource: MutableResource, name: string, value: unknown): void {
  if (value === undefined || value === null) delete resource[name];
  else resource[name] = value;
}

/** Replaces the extension of a URL; undefined removes it. */
export function setExtension(resource: MutableResource, url: string, value: object | undefined): void {
  const others = listIn(resource, 'extension').filter(
    (extension) => !(isJsonObject(extension) && extension.url === url),
  );
  const extensions = value ? [...others, { url, ...value }] : others;
  setMember(resource, 'extension', extensions.length > 0 ? extensions : undefined);
}
