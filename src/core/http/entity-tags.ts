import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

/** Parsed `If-Match`: the versions that it names, and its tags that this API did not issue. */
export interface VersionCondition {
  readonly versions: readonly number[];
  readonly foreign: readonly string[];
}

/** Entity tag (RFC 9110 §8.8.3), or one without quotes, as some clients send it. */
const TAG = /(?:W\/)?"[^"]*"|[^\s,]+/g;
/**
 * Tag of a version, strong or weak: a proxy that compresses responses weakens tags, and the version of a record does
 * not depend on the encoding of its bytes.
 */
const VERSION = /^(?:(?:W\/)?"(\d{1,10})"|(\d{1,10}))$/;
const MAX_SHOWN = 60;

/**
 * Injects the condition of `If-Match`; undefined without one, or for `*`. Weak tags of this API match, unlike in RFC
 * 9110 §13.1.1 (decision 105).
 */
export const IfMatchVersions = createParamDecorator(
  (_: unknown, context: ExecutionContext): VersionCondition | undefined => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
    return header === undefined || header.trim() === '*' ? undefined : conditionOf(header);
  },
);

/** Parses a list of entity tags. */
export function conditionOf(header: string): VersionCondition {
  const tags = (header.match(TAG) ?? []).map((tag) => ({ tag, version: versionIn(tag) }));
  return {
    versions: tags.flatMap(({ version }) => (version === undefined ? [] : [version])),
    foreign: tags.flatMap(({ tag, version }) => (version === undefined ? [tag] : [])),
  };
}

function versionIn(tag: string): number | undefined {
  const [, quoted, bare] = VERSION.exec(tag) ?? [];
  const text = quoted ?? bare;
  return text === undefined ? undefined : Number(text);
}

/** Returns the entity tag of a version. */
export const tagOf = (version: number): string => `"${version}"`;

/** Returns the entity tag of a version whose JSON depends on more than the version (RFC 9110 §8.8.1). */
export const weakTagOf = (version: number): string => `W/${tagOf(version)}`;

/** Explains a condition that names no version; undefined where it names one. */
export function foreignTags({ versions, foreign }: VersionCondition): string | undefined {
  if (versions.length > 0) return undefined;
  const [first = ''] = foreign;
  const shown = first.length > MAX_SHOWN ? `${first.slice(0, MAX_SHOWN)}…` : first;
  return (
    `If-Match has ${shown || 'no tag'}, which is not a tag of this API: those look like "3", the version of the record. ` +
    'A proxy or CDN that compresses or caches answers may have altered it (as "3-gzip"); send the version in quotes instead'
  );
}

/**
 * Record as JSON with its version, as a handler returns it; `VersionInterceptor` sends it. `T` is the shape of the
 * JSON.
 */
export class VersionedJson<T> {
  /** Carries the shape for the compiler only. */
  declare readonly shape: T;

  constructor(
    readonly json: string,
    readonly version: number,
    /**
     * True where the JSON also depends on the time or on the reader: its tag is weak, and `If-None-Match` does not save
     * sending it.
     */
    readonly varies = false,
  ) {}
}

/** True for a read whose `If-None-Match` names this version, or `*`. */
export function isUnchanged({ method, headers }: FastifyRequest, version: number): boolean {
  const header = headers['if-none-match'];
  if (header === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  return header.trim() === '*' || conditionOf(header).versions.includes(version);
}
