import { type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { nameField, usersOf } from './entity.template.js';

/** Renders `visits.module.ts`. */
export const moduleTemplate = ({
  One,
  Many,
  plural,
  singular,
}: ExtensionNames): string => `import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../../users/users.module.js';
import { ${One} } from './${singular}.entity.js';
import { ${Many}Controller } from './${plural}.controller.js';
import { ${Many}Repository } from './${plural}.repository.js';
import { ${Many}Service } from './${plural}.service.js';
import { ${Many}Settings } from './${plural}.settings.js';

@Module({
  imports: [TypeOrmModule.forFeature([${One}]), UsersModule],
  controllers: [${Many}Controller],
  providers: [${Many}Service, ${Many}Repository, ${Many}Settings],
})
export class ${Many}Module {}
`;

/** Renders `visit.policy.ts`: who sees and edits which rows. */
export const policyTemplate = ({
  One,
  Many,
  manyWords,
  oneWords,
}: ExtensionNames): string => `import { ALL, NONE, policy } from '../../core/authorization/policy.js';

/** Attributes of ${/^[aeiou]/.test(oneWords) ? 'an' : 'a'} ${oneWords} that policies judge. */
export interface ${One}Attributes {
  readonly createdById: number;
}

/** Managers and auditors see all; developers what they created. */
export const visible${Many} = policy<${One}Attributes>(
  'see ${manyWords}',
  ({ role, id }) => ({ manager: ALL, auditor: ALL, developer: [{ createdById: id }] })[role],
);

/** Managers edit all; developers what they created, within working hours. */
export const editable${Many} = policy<${One}Attributes>(
  'edit ${manyWords}',
  ({ role, id, atWork }) => ({ manager: ALL, auditor: NONE, developer: atWork ? [{ createdById: id }] : NONE })[role],
);

/** Opens the audit trail of ${manyWords} to managers; auditors read all of it. */
export const audited${Many} = policy<object>('read the audit trail of ${manyWords}', ({ role }) =>
  role === 'manager' ? ALL : NONE,
);
`;

/** Renders `visits.events.ts`: events that are published after the commit. */
export const eventsTemplate = ({
  One,
  type,
}: ExtensionNames): string => `/** Payload of the events; published after the commit. */
export interface ${One}Changed {
  readonly id: number;
  readonly actorId: number;
}

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    '${type}.created': ${One}Changed;
    '${type}.updated': ${One}Changed;
    '${type}.deleted': ${One}Changed;
  }
}
`;

/** The problem codes: code, status, title. */
const problemsOf = ({ type, oneWords, table, manyWords }: ExtensionNames, fields: readonly Field[]) => [
  [`${type}_not_found`, 404, `No such ${oneWords}`] as const,
  ...(usersOf(fields).length > 0 ? [[`${type}_user_not_found`, 404, 'No such active user'] as const] : []),
  [`too_many_${table}`, 409, `You have created as many ${manyWords} as one user may`] as const,
];

/** Renders `visits.problems.ts`. */
export const problemsTemplate = (
  names: ExtensionNames,
  fields: readonly Field[],
): string => `import { problems } from '../../core/http/problem.js';

export const ${names.One}Problem = problems({
${problemsOf(names, fields)
  .map(([code, status, title]) => `  ${code}: [${status}, '${title}'],`)
  .join('\n')}
});
`;

/** Renders `problems.md`. */
export const problemsDocument = (
  names: ExtensionNames,
  fields: readonly Field[],
): string => `# Problems of ${names.manyWords}

| code | status | meaning |
| --- | --- | --- |
${problemsOf(names, fields)
  .map(([code, status, title]) => `| \`${code}\` | ${status} | ${title} |`)
  .join('\n')}
`;

/** Renders `visits.settings.ts`. */
export const settingsTemplate = ({
  Many,
  manyWords,
  prefix,
}: ExtensionNames): string => `import { defineSettings } from '../../core/config/extension-settings.js';
import { integer } from '../../core/config/variable-types.js';

export class ${Many}Settings extends defineSettings('${prefix}', {
  /** Most ${manyWords} that one user may have created. */
  MAX_PER_USER: integer(1, 1_000_000).default(10_000),
}) {}
`;

/** Renders `.env.example`. */
export const environmentTemplate = ({
  manyWords,
  prefix,
}: ExtensionNames): string => `# Most ${manyWords} that one user may have created; from 1 to 1000000.
# ${prefix}MAX_PER_USER=10000
`;

/** Renders `README.md`: what the folder is, and how to remove it. */
export const readmeTemplate = (
  { plural, manyWords }: ExtensionNames,
  fields: readonly Field[],
): string => `# Extension: ${manyWords}

\`/api/${plural}\` lists, creates, changes and deletes ${manyWords}${nameField(fields) ? `, known by \`${nameField(fields)?.name}\`` : ''}.
Change the files as you like; then renew the documents and run the specs:

\`\`\`
npm run openapi
npm run docs:permissions
npx jest --config test/jest.config.mjs src/extensions/${plural}
\`\`\`

Remove it: first its tables and jobs, in each database that has them, then the folder. What the audit trail has recorded stays.

\`\`\`
npm run migration:revert -- --extension ${plural}
rm -r src/extensions/${plural}
\`\`\`
`;
