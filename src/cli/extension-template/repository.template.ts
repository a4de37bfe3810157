import { type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { parametersOf, sortsOf } from './dto.template.js';

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
