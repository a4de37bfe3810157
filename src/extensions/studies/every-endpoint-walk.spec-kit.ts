import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { as } from '../../../test/kit.js';
import { type Persona, type Place } from './every-endpoint-model.spec-kit.js';
import { type WalkedStudy } from './every-endpoint-study.spec-kit.js';
import { type Row, type Target } from './every-endpoint-table.spec-kit.js';

interface Operation {
  readonly parameters?: readonly { readonly name?: string }[];
  readonly responses: Readonly<Record<string, object>>;
}
type Answer = Awaited<ReturnType<ReturnType<typeof as>['get']>>;
type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

const { paths } = JSON.parse(readFileSync(join(__dirname, 'openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
/** The operations of the extension, such as `GET /api/studies`. */
export const DOCUMENTED: ReadonlyMap<string, Operation> = new Map(
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  ),
);

/** Id of no record. */
export const NONE = 987_654_321;

/** True for an answer that must be that for a record that does not exist. */
export const isAboutNone = (refusal: string): boolean => refusal.startsWith('404');

/** @returns what an answer shows, in one text */
export const listOf = (shown: readonly string[]): string => [...shown].sort().join(', ');

/** Sends the requests of the table. */
export class Walk {
  constructor(private readonly walked: WalkedStudy) {}

  /** @returns status and code, or what is shown; and of a refusal that discloses nothing, that it does so */
  async through(name: string, row: Row, persona: Persona, place: Place, expected: string): Promise<string> {
    const target = await this.targetOf(name, row, place, expected);
    const answer = await this.send(name, row, persona, target, !/^40[134]/.test(expected));
    await this.undo(name, row, target, answer);
    const found = resultOf(answer);
    if (isAboutNone(found)) return `${found}, ${await this.comparison(name, row, persona, target, answer)}`;
    if (!row.shows || !answer.ok) return found;
    const shown = listOf(row.shows.read(answer, this.walked.placeOf));
    return hasParameter(name, 'site_id')
      ? `${found}: ${shown}; at B: ${await this.shownAtB(name, row, persona, target)}`
      : `${found}: ${shown}`;
  }

  request(persona: Persona, method: string, path: string, body?: unknown, headers: Row['headers'] = {}) {
    const sender = as(this.walked.who(persona));
    const verb = method.toLowerCase() as Verb;
    return verb === 'get' || verb === 'delete' ? sender[verb](path, headers) : sender[verb](path, body, headers);
  }

  /** Names a version that never was: a refusal comes before the comparison of versions, whose problem discloses changes. */
  private send(name: string, row: Row, persona: Persona, target: Target, mayChange: boolean): Promise<Answer> {
    const stale: Row['headers'] = !mayChange && hasParameter(name, 'If-Match') ? { 'If-Match': '"99"' } : {};
    const query = row.query ?? (hasParameter(name, 'include_total') ? '?include_total=true' : '');
    const [method = ''] = name.split(' ');
    return this.request(persona, method, addressOf(name, target) + query, row.body?.(target), {
      ...row.headers,
      ...stale,
    });
  }

  private async comparison(name: string, row: Row, persona: Persona, target: Target, answer: Answer): Promise<string> {
    const none = await this.send(name, row, persona, namingNone(target, resultOf(answer)), false);
    const [real, missing] = [disclosed(answer, target), disclosed(none, target)];
    return real === missing ? 'as of none' : `${real} unlike ${missing}`;
  }

  private async shownAtB(name: string, row: Row, persona: Persona, target: Target): Promise<string> {
    const site = this.walked.target('B').site;
    const answer = await this.request(persona, 'get', `${addressOf(name, target)}?include_total=true&site_id=${site}`);
    return listOf(row.shows?.read(answer, this.walked.placeOf) ?? []);
  }

  /** A record of its own, to be removed. */
  private async targetOf(name: string, row: Row, place: Place, expected: string): Promise<Target> {
    const target = this.walked.target(place, row.kind);
    const isRemoved = name.startsWith('DELETE') && expected === '204' && row.kind && row.kind !== 'task';
    return isRemoved ? { ...target, record: await this.walked.another(row.kind, target) } : target;
  }

  private async undo(name: string, row: Row, target: Target, answer: Answer): Promise<void> {
    if (!answer.ok) return;
    const { id } = answer.body as { id: number };
    if (row.creates) await this.walked.remove(row.creates, id);
    if (name === 'DELETE /api/tasks/{id}/study') await this.walked.linkAgain(target);
    if (name.endsWith('lock')) await this.walked.enter();
  }
}

/** @returns status and code */
export function resultOf({ status, body }: Answer): string {
  const code = (body as { code?: string } | undefined)?.code;
  return code ? `${status} ${code}` : String(status);
}

const hasParameter = (operation: string, name: string): boolean =>
  DOCUMENTED.get(operation)?.parameters?.some((parameter) => parameter.name === name) ?? false;

function addressOf(name: string, { study, record }: Target): string {
  const [, path = ''] = name.split(' ');
  const ofRecord = path.includes('{study_id}') || path.startsWith('/api/tasks');
  return path.replace('{study_id}', String(study)).replace('{id}', String(ofRecord ? record : study));
}

const namingNone = (target: Target, found: string): Target =>
  found.endsWith('study_not_found')
    ? { ...target, study: NONE }
    : { ...target, record: NONE, site: target.site === null ? null : NONE };

/** All content of an answer, without its time and the ids that the request named. */
export function disclosed({ status, headers, body }: Answer, target: object): string {
  const { request_id: _, ...rest } = body as Record<string, unknown>;
  const ids = [...Object.values(target), NONE].filter((value) => typeof value === 'number' && value > 0);
  return JSON.stringify([status, (headers as Record<string, string>).etag, rest])
    .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g, 'now')
    .replaceAll(new RegExp(`\\b(?:${ids.join('|')})\\b`, 'g'), '#');
}
