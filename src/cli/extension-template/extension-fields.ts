/** Field of a generated entity, as `--field name:type` declares it; `?` after the type makes it optional. */
export interface Field {
  /** In the API and the database, such as `visited_on`. */
  readonly name: string;
  /** Of the entity, such as `visitedOn`. */
  readonly property: string;
  readonly type: FieldType;
  readonly optional: boolean;
  /** Values of an enumeration. */
  readonly values: readonly string[];
  /** Names of the constant and the type of its values, such as `VISIT_STATUS_VALUES` and `VisitStatus`. */
  readonly constant: string;
  readonly typeName: string;
}

const FIELD_TYPES = ['text', 'integer', 'number', 'boolean', 'date', 'timestamp', 'enum', 'user'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const MAX_NAME = 40;
const DECLARED = /^(?<name>[^:]+):(?<type>[a-z]+)(?:\((?<values>[^()]*)\))?(?<optional>\?)?$/;
/** Fields that every record has, parameters that every list has, and names with a meaning in JavaScript or in the documents. */
const TAKEN = new Set(
  (
    'id created_by created_by_id version created_at updated_at reason sort limit cursor include_total q constructor ' +
    'actor tags total assigned_to changed_by parent_task prototype'
  ).split(' '),
);

/**
 * @param owner type of the record in the trail, such as `visit`
 * @throws Error that names what is wrong with a field
 */
export function parseFields(owner: string, declared: readonly string[]): Field[] {
  const fields = declared.map((each) => parseField(owner, each));
  if (fields.length === 0) throw new Error('Name at least one field: --field "site:text"');
  const parameters = fields.flatMap(({ name }) => [name, `${name}_from`, `${name}_to`, `${name}_before`]);
  const twice = fields.find(({ name }) => parameters.filter((other) => other === name).length > 1);
  if (twice) throw new Error(`The field "${twice.name}" is there twice, or is called like a filter of another field`);
  const clash = fields.find((a) => fields.some((b) => b !== a && b.property === a.property));
  if (clash) throw new Error(`Two fields would be the property "${clash.property}"`);
  return fields;
}

function parseField(owner: string, declared: string): Field {
  const { name = '', type = '', values, optional } = DECLARED.exec(declared)?.groups ?? {};
  if (!name) throw new Error(`"${declared}" is no field: write name:type, such as "visited_on:date" or "note:text?"`);
  if (!isFieldType(type)) throw new Error(`"${type}" is no type of a field: use one of ${FIELD_TYPES.join(', ')}`);
  assertName(name, type);
  return {
    name,
    property: camelCase(name),
    type,
    optional: optional !== undefined,
    values: parseValues(name, type, values),
    constant: `${owner}_${name}_values`.toUpperCase(),
    typeName: camelCase(`_${owner}_${name}`),
  };
}

const isFieldType = (type: string): type is FieldType => (FIELD_TYPES as readonly string[]).includes(type);

function assertName(name: string, type: FieldType): void {
  if (!NAME.test(name) || name.length > MAX_NAME)
    throw new Error(
      `"${name}" is no name of a field: use at most ${MAX_NAME} lower-case letters and digits, with _ between words`,
    );
  if (TAKEN.has(name))
    throw new Error(`A field cannot be called "${name}": every record or list has it, or it has a meaning`);
  if (name.endsWith('_at') && type !== 'timestamp')
    throw new Error(`"${name}" ends with _at, as times do: make it a timestamp, or call it otherwise`);
  if (/_ids?$/.test(name))
    throw new Error(`"${name}" ends like an id: a reference to a user is --field "monitor:user"`);
}

function parseValues(name: string, type: FieldType, text: string | undefined): string[] {
  if (type !== 'enum') {
    if (text !== undefined) throw new Error(`Only an enum has values: "${name}:${type}(${text})"`);
    return [];
  }
  const values = (text ?? '').split('|');
  const wrong = values.find((value) => !NAME.test(value) || value.length > MAX_NAME);
  if (wrong !== undefined || new Set(values).size < values.length)
    throw new Error(`"${name}" needs different values in lower case: "${name}:enum(planned|done)"`);
  return values;
}

export const camelCase = (name: string): string =>
  name.replaceAll(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Facts of a field type for the templates: source text of TypeScript and SQL. */
interface TypeFacts {
  /** Type of the column in SQL. */
  readonly sql: string;
  /** Type in the entity. */
  readonly entity: string;
  /** Type in the bodies of requests. */
  readonly body: string;
  /** Type in answers. */
  readonly view: string;
  /** Decorators of the property in the bodies of requests. */
  readonly validators: readonly string[];
  /** Decorator of the property in answers, where the type of TypeScript is too coarse for the documents. */
  readonly schema?: string;
  /** Example in the documents. */
  readonly example: string;
  /** Two values for specs. */
  readonly samples: readonly [string, string];
  /** A value that is rejected. */
  readonly wrong: string;
  readonly sortable: boolean;
}

const MAX_INTEGER = 2_147_483_647;
const MAX_NUMBER = 1_000_000_000_000;

const FACTS: Readonly<Record<FieldType, (field: Field) => TypeFacts>> = {
  text: ({ name }) => ({
    ...same('string'),
    sql: 'character varying(200)',
    validators: [
      '@Trimmed()',
      '@HasVisibleText()',
      '@IsString()',
      "@Length(1, 200, { message: '$property must have 1 to 200 characters, not only blanks' })",
    ],
    example: `"${words(name)} 4"`,
    samples: [`'${words(name)} 4'`, `'${words(name)} 7'`],
    wrong: "' '",
    sortable: true,
  }),
  integer: ({ name }) => ({
    ...same('number'),
    sql: 'integer',
    validators: [`@IsInteger(${name.endsWith('count') ? 0 : -MAX_INTEGER}, ${MAX_INTEGER})`],
    schema: name.endsWith('count') ? '@Count()' : '@Integer()',
    example: '3',
    samples: ['3', '5'],
    wrong: '1.5',
    sortable: true,
  }),
  number: () => ({
    ...same('number'),
    sql: 'double precision',
    validators: ['@IsNumber({ allowNaN: false, allowInfinity: false })', `@Min(-${MAX_NUMBER})`, `@Max(${MAX_NUMBER})`],
    example: '1.5',
    samples: ['1.5', '2.25'],
    wrong: "'much'",
    sortable: false,
  }),
  boolean: () => ({
    ...same('boolean'),
    sql: 'boolean',
    validators: ['@IsBoolean()'],
    example: 'true',
    samples: ['true', 'false'],
    wrong: "'maybe'",
    sortable: false,
  }),
  date: () => ({
    ...same('string'),
    sql: 'date',
    validators: ['@IsDay()'],
    schema: '@Day()',
    example: '"2027-03-01"',
    samples: ["'2027-03-01'", "'2027-03-02'"],
    wrong: "'2027-02-30'",
    sortable: true,
  }),
  timestamp: () => ({
    entity: 'Date',
    body: 'Date',
    view: 'string',
    sql: 'timestamptz',
    validators: ['@IsIsoDateTime()'],
    schema: '@Instant()',
    example: '"2027-03-01T09:30:00.000Z"',
    samples: ["'2027-03-01T09:30:00.000Z'", "'2027-03-02T09:30:00.000Z'"],
    wrong: "'soon'",
    sortable: true,
  }),
  enum: (field) => ({
    ...same(field.typeName),
    sql: `character varying(${MAX_NAME})`,
    validators: [`@IsIn(${field.constant}, { message: oneOf(${field.constant}) })`],
    schema: `@ApiSchemaHint({ enum: [...${field.constant}] })`,
    example: `"${field.values[0]}"`,
    samples: [`'${field.values[0]}'`, `'${field.values.at(-1)}'`],
    wrong: "'none of them'",
    sortable: true,
  }),
  user: () => ({
    ...same('number'),
    sql: 'integer',
    validators: ['@IsId()'],
    schema: '@Id()',
    example: '2',
    samples: ['manager.id', 'developer.id'],
    wrong: '0',
    sortable: false,
  }),
};

const same = (type: string) => ({ entity: type, body: type, view: type });
const words = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;

/** Returns the facts of a field's type. */
export const factsOf = (field: Field): TypeFacts => FACTS[field.type](field);
