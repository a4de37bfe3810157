import { factsOf, type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { enumsOf } from './entity.template.js';

const SERVER_FIELDS = "'id', 'created_by', 'version', 'created_at', 'updated_at'";

/** Fields that lists are sorted by: those that are never null. */
export const sortsOf = (fields: readonly Field[]): string[] => [
  'id',
  ...fields.filter((field) => factsOf(field).sortable && !field.optional).map(({ name }) => name),
  'created_at',
  'updated_at',
];

/** Query parameter of a list, with its filter in the list definition. */
export interface Parameter {
  readonly name: string;
  readonly comment: string;
  readonly decorators: readonly string[];
  readonly type: string;
  /** Source of its `ListFilter`. */
  readonly filter: string;
}

/** Returns the filters of a list. */
export function parametersOf(fields: readonly Field[]): Parameter[] {
  const texts = fields.filter(({ type }) => type === 'text').map(({ property }) => `'${property}'`);
  return [
    ...fields.flatMap(filtersOf),
    anyOf('created_by', 'createdById', 'Ids of users.', ID, 'number'),
    ...searchOf(texts),
  ];
}

const ID = ['@CommaSeparated(toNumber)', '@IsId({ each: true })'];

function filtersOf(field: Field): Parameter[] {
  const { name, property, constant, typeName, type } = field;
  const bound = (kind: string, comment: string, decorators: string[], as: string): Parameter => ({
    name: `${name}_${kind}`,
    comment,
    decorators,
    type: as,
    filter: `{ ${kind}: '${property}' }`,
  });
  if (type === 'user') return [anyOf(name, property, 'Ids of users.', ID, 'number')];
  if (type === 'boolean')
    return [
      single(
        name,
        property,
        ['@ParseBoolean()', `@IsBoolean({ message: '${name} must be true or false' })`],
        'boolean',
      ),
    ];
  if (type === 'enum') {
    const decorators = ['@CommaSeparated()', `@IsIn(${constant}, { each: true, message: oneOf(${constant}) })`];
    return [anyOf(name, property, 'Any of these values.', decorators, typeName)];
  }
  if (type === 'date')
    return [
      bound('from', 'On this day or later.', ['@IsDay()'], 'string'),
      bound('to', 'On this day or earlier.', ['@IsDay()'], 'string'),
    ];
  if (type === 'timestamp')
    return [
      bound('from', 'At this time or later.', ['@IsIsoDateTime({ inQuery: true })'], 'Date'),
      bound('before', 'Before this time.', ['@IsIsoDateTime({ inQuery: true })'], 'Date'),
    ];
  const integer = ['@ParseNumber()', '@IsInteger(-2147483647, 2147483647)'];
  if (type === 'integer')
    return [bound('from', 'This or more.', integer, 'number'), bound('to', 'This or less.', integer, 'number')];
  return [];
}

const anyOf = (name: string, property: string, comment: string, decorators: string[], type: string): Parameter => ({
  name,
  comment,
  decorators,
  type: `${type}[]`,
  filter: `{ anyOf: '${property}' }`,
});

const single = (name: string, property: string, decorators: string[], type: string): Parameter => ({
  name,
  comment: 'True or false.',
  decorators,
  type,
  filter: `{ anyOf: '${property}' }`,
});

const searchOf = (texts: readonly string[]): Parameter[] =>
  texts.length === 0
    ? []
    : [
        {
          name: 'q',
          comment: 'Text in any text field, ignoring case.',
          decorators: ['@Composed()', '@Length(1, 200, GIVEN_ONCE)'],
          type: 'string',
          filter: `{ search: [${texts.join(', ')}] }`,
        },
      ];

/** Renders `visits.dto.ts`: answers, bodies and parameters. */
export function dtoTemplate(names: ExtensionNames, fields: readonly Field[]): string {
  const { One, singular, oneWords } = names;
  const body = `
export class ${One}View {
  /** @example 1 */
  @Id()
  id: number;
${fields.map(viewOf).join('')}
  /**
   * Id of the user.
   * @example 2
   */
  @Id()
  created_by: number;
  /**
   * Number of the version, the \`ETag\` of the ${oneWords}.
   * @example 1
   */
  @VersionNumber()
  version: number;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  created_at: string;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  updated_at: string;
}

const READ_ONLY = [${SERVER_FIELDS}];

@ReadOnly(...READ_ONLY)
export class New${One} {
${fields.map(bodyOf).join('\n')}}

/** Fields left out keep their values; null does not leave a field out. */
@ReadOnly(...READ_ONLY)
export class ${One}Patch extends PartialType(New${One}, { skipNullProperties: false }) {}

const SORTS = [${sortsOf(fields)
    .map((name) => `'${name}'`)
    .join(', ')}];

/** Filters of a list. A parameter given several times, or with commas, matches any of its values. */
class ${One}Selection {
${parametersOf(fields).map(parameterOf).join('\n')}
  /** ${sortsOf(fields)
    .map((name) => `\`${name}\``)
    .join(', ')}, with \`-\` for descending, several with commas. */
  @OptionalNotNull()
  @CommaSeparated()
  @Matches(new RegExp(\`^-?(\${SORTS.join('|')})$\`), {
    each: true,
    message: \`$property must be of \${SORTS.join(', ')}, each with or without -\`,
  })
  @ArrayMaxSize(SORTS.length)
  sort?: string[];
}

export class ${One}Filter extends IntersectionType(${One}Selection, PageQuery) {}
`;
  const values = enumsOf(fields).flatMap(({ constant, typeName }) => [constant, `type ${typeName}`]);
  const entity = values.length > 0 ? `import { ${values.join(', ')} } from './${singular}.entity.js';\n` : '';
  const hint =
    enumsOf(fields).length > 0 ? "import { ApiSchemaHint } from '../../core/http/api-docs.decorators.js';\n" : '';
  return `import { ${used(body, VALIDATORS)} } from 'class-validator';
${hint}import { ${used(body, OURS)} } from '../../core/http/field.validators.js';
import { IntersectionType, PartialType } from '../../core/http/mapped-types.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { ${SCHEMAS.filter((name) => body.includes(`@${name}()`)).join(', ')} } from '../../core/http/schema.decorators.js';
import { ReadOnly } from '../../core/http/validation.pipe.js';
${entity}${body}`;
}

const VALIDATORS = 'ArrayMaxSize IsBoolean IsIn IsNumber IsString Length Matches Max Min';
const SCHEMAS = ['Count', 'Day', 'Id', 'Instant', 'Integer', 'VersionNumber'];
const OURS =
  'CommaSeparated Composed GIVEN_ONCE HasVisibleText IsDay IsId IsInteger IsIsoDateTime oneOf OptionalNotNull OptionalNullable ' +
  'ParseBoolean ParseNumber toNumber Trimmed';

/** Lists the names that a text uses. */
const used = (text: string, names: string): string =>
  names
    .split(' ')
    .filter((name) => new RegExp(`\\b${name}\\b`).test(text))
    .join(', ');

function viewOf(field: Field): string {
  const { view, example, schema } = factsOf(field);
  const decorator = schema ? `  ${schema}\n` : '';
  return `  /** @example ${example} */
${decorator}  ${field.name}: ${view}${field.optional ? ' | null' : ''};
`;
}

function bodyOf(field: Field): string {
  const { body, example, validators } = factsOf(field);
  const [mark, type] = field.optional ? ['?', `${body} | null`] : ['', body];
  const all = field.optional ? ['@OptionalNullable()', ...validators] : validators;
  return `  /** @example ${example} */
${all.map((decorator) => `  ${decorator}`).join('\n')}
  ${field.name}${mark}: ${type};
`;
}

const parameterOf = ({ name, comment, decorators, type }: Parameter): string => `  /** ${comment} */
  @OptionalNotNull()
${decorators.map((decorator) => `  ${decorator}`).join('\n')}
  ${name}?: ${type};
`;
