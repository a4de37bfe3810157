import { type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { parametersOf, sortsOf } from './dto.template.js';
import { usersOf } from './entity.template.js';

/** Renders `visits.controller.ts`: the words of HTTP. */
export function controllerTemplate(names: ExtensionNames, fields: readonly Field[]): string {
  const { One, Many, plural, singular, one, many, oneWords, manyWords, type, table } = names;
  const user = usersOf(fields).length > 0 ? `, ${One}Problem.${type}_user_not_found` : '';
  const a = /^[aeiou]/.test(oneWords) ? 'an' : 'a';
  return `import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { Can } from '../../core/authorization/can.decorator.js';
import { ApiArea, ApiRoute } from '../../core/http/api-docs.decorators.js';
import { IfMatchVersions, VersionedJson, type VersionCondition } from '../../core/http/entity-tags.js';
import { ListResponse } from '../../core/http/list-response.js';
import { IdParam } from '../../core/http/param.decorators.js';
import { CoreProblem } from '../../core/http/problem.js';
import { editable${Many}, visible${Many} } from './${singular}.policy.js';
import { New${One}, ${One}Filter, ${One}Patch, ${One}View } from './${plural}.dto.js';
import { ${One}Problem } from './${plural}.problems.js';
import { ${Many}Repository } from './${plural}.repository.js';
import { ${Many}Service } from './${plural}.service.js';

const ETAG = { ETag: { description: 'The version of the ${oneWords}', schema: { type: 'string' as const, example: '"1"' } } };
const MISSING = [${One}Problem.${type}_not_found];
const STALE = [CoreProblem.stale_version, CoreProblem.unknown_entity_tag];

@ApiArea('${plural}', '${manyWords.charAt(0).toUpperCase()}${manyWords.slice(1)}, their filters and changes')
@Controller('${plural}')
export class ${Many}Controller {
  constructor(
    private readonly ${many}: ${Many}Service,
    private readonly repository: ${Many}Repository,
  ) {}

  @Get()
  @Can(visible${Many})
  @ApiRoute({
    summary: 'List ${manyWords}',
    description: 'The whole list that you may see or, with \`limit\`, a page of it. Developers see what they created.',
    response: [${One}View],
    paged: true,
  })
  list(@CurrentUser() actor: Actor, @Query() filter: ${One}Filter): ListResponse<${One}View[]> {
    return new ListResponse(filter, this.repository.list(actor, filter));
  }

  @Post()
  @Can(editable${Many})
  @ApiRoute({
    summary: 'Create ${a} ${oneWords}',
    status: 201,
    response: ${One}View,
    headers: ETAG,
    errors: [${One}Problem.too_many_${table}${user}],
  })
  create(@CurrentUser() actor: Actor, @Body() ${one}: New${One}): Promise<VersionedJson<${One}View>> {
    return this.${many}.create(actor, ${one});
  }

  @Get(':id')
  @Can(visible${Many})
  @ApiRoute({ summary: 'Get ${a} ${oneWords}', response: ${One}View, headers: ETAG, cacheable: true, errors: MISSING })
  read(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<VersionedJson<${One}View>> {
    return this.repository.findOrThrow(actor, id);
  }

  @Patch(':id')
  @Can(editable${Many})
  @ApiRoute({
    summary: 'Change ${a} ${oneWords}',
    response: ${One}View,
    headers: ETAG,
    conditional: true,
    errors: [...MISSING, ...STALE, CoreProblem.not_yours${user}],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() patch: ${One}Patch,
    @IfMatchVersions() condition?: VersionCondition,
  ): Promise<VersionedJson<${One}View>> {
    return this.${many}.update(actor, id, patch, condition);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(editable${Many})
  @ApiRoute({
    summary: 'Delete ${a} ${oneWords}',
    description: 'The audit trail keeps its values.',
    status: 204,
    conditional: true,
    errors: [...MISSING, ...STALE, CoreProblem.not_yours],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition?: VersionCondition,
  ): Promise<void> {
    return this.${many}.delete(actor, id, condition);
  }
}
`;
}

/** Renders `visits.repository.ts`: the list, and statements on the table. */
export function repositoryTemplate(names: ExtensionNames, fields: readonly Field[]): string {
  const { One, Many, plural, singular, many, one, oneWords, table, type } = names;
  const view = fields.map(({ name, property }) => `    ${name}: '${property}',`);
  const filters = parametersOf(fields).map(({ name, filter }) => `    ${name}: ${filter},`);
  const sorts = sortsOf(fields).map((name) => `'${name}'`);
  const Label = `${oneWords.charAt(0).toUpperCase()}${oneWords.slice(1)}`;
  return `import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { matches } from '../../core/authorization/policy.js';
import { type VersionedJson } from '../../core/http/entity-tags.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type Problem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { defineList } from '../../infrastructure/database/list-definition.js';
import { RecordsQueries } from '../../infrastructure/database/records.queries.js';
import { ${One} } from './${singular}.entity.js';
import { visible${Many} } from './${singular}.policy.js';
import { type ${One}Filter, type ${One}View } from './${plural}.dto.js';
import { ${One}Problem } from './${plural}.problems.js';

const ${many}List = defineList<${One}, ${One}View>({
  entity: ${One},
  view: {
    id: 'id',
${view.join('\n')}
    created_by: 'createdById',
    version: 'version',
    created_at: 'createdAt',
    updated_at: 'updatedAt',
  },
  filters: {
${filters.join('\n')}
  },
  sorts: [${sorts.join(', ')}],
  policy: visible${Many},
});

/** Reads and locks ${names.manyWords} within the scope of the actor's policy. */
@Injectable()
export class ${Many}Repository {
  constructor(private readonly records: RecordsQueries) {}

  /** Reads the list for a \`ListResponse\`. */
  list(actor: Actor, filter: ${One}Filter): ListReader {
    return this.records.list(${many}List, actor, filter);
  }

  /** @throws Problem 404 \`${type}_not_found\` where the actor sees none of this id */
  async findOrThrow(actor: Actor, id: number): Promise<VersionedJson<${One}View>> {
    const found = await this.records.find(${many}List, actor, id);
    if (!found) throw notFound(id);
    return found;
  }

  /** Locks one for a change. @throws Problem 404 \`${type}_not_found\` where the actor sees none of this id */
  async lockOrThrow(tx: AuditedTransaction, actor: Actor, id: number): Promise<${One}> {
    const [${one}] = await tx.lock(${One}, [id]);
    if (!${one} || !matches<Pick<${One}, 'createdById'>>(${one}, visible${Many}(actor))) throw notFound(id);
    return ${one};
  }

  /** Reads one within the transaction that wrote it, for the answer. */
  written(tx: AuditedTransaction, id: number): Promise<VersionedJson<${One}View>> {
    return this.records.written(tx, ${many}List, id);
  }

  /** Counts those that a user created. */
  async countCreatedBy(tx: AuditedTransaction, userId: number): Promise<number> {
    const [row] = await tx.query<{ n: number }>(
      sql\`SELECT count(*)::int AS n FROM ${table} WHERE created_by_id = \${userId}\`,
    );
    return row?.n ?? 0;
  }
}

const notFound = (id: number): Problem => ${One}Problem.${type}_not_found(\`${Label} \${id} not found\`);
`;
}

/** Renders `visits.service.ts`: the rules of a change. */
export function serviceTemplate(names: ExtensionNames, fields: readonly Field[]): string {
  const { One, Many, plural, singular, one, many, oneWords, manyWords, type, table } = names;
  const users = usersOf(fields);
  const Label = `${oneWords.charAt(0).toUpperCase()}${oneWords.slice(1)}`;
  const usersOfBody = users.map(({ name }) => `body.${name}`).join(', ');
  const lockUsers =
    users.length > 0
      ? `await this.lockUsersOrThrow(tx, [actor.id, ${usersOfBody}]);`
      : 'await this.users.lockAllActive(tx, [actor.id]);';
  const lockUsersOfPatch =
    users.length > 0 ? `      await this.lockUsersOrThrow(tx, [${usersOfBody.replaceAll('body.', 'patch.')}]);\n` : '';
  const lockUsersMethod =
    users.length > 0
      ? `
  /** Locks the users that a ${oneWords} refers to. @throws Problem 404 \`${type}_user_not_found\` naming one that is missing */
  private async lockUsersOrThrow(tx: AuditedTransaction, ids: readonly (number | null | undefined)[]): Promise<void> {
    const wanted = [...new Set(ids.filter((id) => typeof id === 'number'))];
    const found = wanted.length > 0 ? await this.users.lockAllActive(tx, wanted) : [];
    const missing = wanted.find((id) => !found.some((user) => user.id === id));
    if (missing !== undefined) throw ${One}Problem.${type}_user_not_found(\`There is no active user \${missing}\`);
  }
`
      : '';
  return `import { Injectable } from '@nestjs/common';
import { type Actor } from '../../core/authorization/actor.js';
import { assertVersionMatches } from '../../audit/record-history/version-precondition.js';
import { explainDenial } from '../../core/authorization/can.decorator.js';
import { matches } from '../../core/authorization/policy.js';
import { WorkingCalendar } from '../../core/authorization/working-calendar.js';
import { type VersionCondition, type VersionedJson } from '../../core/http/entity-tags.js';
import { auditMetadataOf } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { UsersRepository } from '../../users/users.repository.js';
import { ${One} } from './${singular}.entity.js';
import { editable${Many}, type ${One}Attributes } from './${singular}.policy.js';
import { type New${One}, type ${One}Patch, type ${One}View } from './${plural}.dto.js';
import { type ${One}Changed } from './${plural}.events.js';
import { ${One}Problem } from './${plural}.problems.js';
import { ${Many}Repository } from './${plural}.repository.js';
import { ${Many}Settings } from './${plural}.settings.js';

/** Creates, changes and deletes ${manyWords}; each in one audited transaction. */
@Injectable()
export class ${Many}Service {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ${many}: ${Many}Repository,
    private readonly users: UsersRepository,
    private readonly calendar: WorkingCalendar,
    private readonly settings: ${Many}Settings,
  ) {}

  /** @throws Problem 403, 409 \`too_many_${table}\`${users.length > 0 ? `, 404 \`${type}_user_not_found\`` : ''} */
  create(actor: Actor, body: New${One}): Promise<VersionedJson<${One}View>> {
    const create = async (tx: AuditedTransaction) => {
      const row = { ...columnsOf(body), createdById: actor.id };
      this.assertEditable(actor, tx.now, row);
      // Locks the actor too, so that two requests at once cannot both be the last that is allowed.
      ${lockUsers}
      await this.assertFew(tx, actor.id);
      const [${one}] = await tx.insert(${One}, [row]);
      const { id } = ${one} as ${One};
      tx.emit('${type}.created', changed(id, actor));
      return id;
    };
    return this.unitOfWork.run(actor, create, this.readBack);
  }

  /** Changes the fields given. @throws Problem 403, 404, 412 */
  update(
    actor: Actor,
    id: number,
    patch: ${One}Patch,
    condition?: VersionCondition,
  ): Promise<VersionedJson<${One}View>> {
    const update = async (tx: AuditedTransaction) => {
      const ${one} = await this.lockEditableOrThrow(tx, actor, id, condition);
${lockUsersOfPatch}      await tx.update(${One}, [${one}], columnsOf(patch));
      tx.emit('${type}.updated', changed(id, actor));
      return id;
    };
    return this.unitOfWork.run(actor, update, this.readBack);
  }

  /** The audit trail keeps the values. @throws Problem 403, 404, 412 */
  async delete(actor: Actor, id: number, condition?: VersionCondition): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      await tx.remove(${One}, [await this.lockEditableOrThrow(tx, actor, id, condition)]);
      tx.emit('${type}.deleted', changed(id, actor));
    });
  }

  private readonly readBack = (tx: AuditedTransaction, id: number) => this.${many}.written(tx, id);

  private async lockEditableOrThrow(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    condition: VersionCondition | undefined,
  ): Promise<${One}> {
    const ${one} = await this.${many}.lockOrThrow(tx, actor, id);
    this.assertEditable(actor, tx.now, ${one});
    const { type, fields } = auditMetadataOf(${One});
    const { version } = ${one};
    await assertVersionMatches(tx, condition, {
      type,
      id,
      version,
      label: \`${Label} \${id}\`,
      fields: Object.values(fields),
    });
    return ${one};
  }

  private assertEditable(actor: Actor, at: Date, row: ${One}Attributes): void {
    if (matches<${One}Attributes>(row, editable${Many}(actor))) return;
    throw explainDenial<${One}Attributes>(editable${Many}, actor, this.calendar, at, row);
  }

  private async assertFew(tx: AuditedTransaction, userId: number): Promise<void> {
    const created = await this.${many}.countCreatedBy(tx, userId);
    const { maxPerUser } = this.settings;
    if (created >= maxPerUser)
      throw ${One}Problem.too_many_${table}(\`You have created \${created} ${manyWords}; \${maxPerUser} are allowed\`);
  }
${lockUsersMethod}}

/** Returns the columns of the fields that a body has. */
function columnsOf(body: New${One} | ${One}Patch): Partial<${One}> {
  const values: Partial<${One}> = { ${fields.map(({ name, property }) => `${property}: body.${name}`).join(', ')} };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const changed = (id: number, { id: actorId }: Actor): ${One}Changed => ({ id, actorId });
`;
}
