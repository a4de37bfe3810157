import { type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { usersOf } from './entity.template.js';

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
import { denial } from '../../core/authorization/decision.js';
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
    throw denial<${One}Attributes>(editable${Many}, actor, this.calendar, at, row);
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
