import { document, product } from '../../support/openapi.js';

type Schema = Record<string, unknown> & {
  type?: string;
  nullable?: boolean;
  format?: string;
  properties?: Record<string, Schema>;
};
interface Operation {
  readonly parameters: { readonly name?: string; readonly in?: string; readonly schema?: Schema }[];
  readonly responses: Record<string, { content?: Record<string, { schema: Schema }>; headers?: object }>;
}

const schemas = Object.entries(document.components.schemas as unknown as Record<string, Schema>);
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    ...{ path, name: `${method.toUpperCase()} ${path}` },
    ...(operation as unknown as Operation),
  })),
);

/** A schema with its type beside `null` as its type, and `nullable` where it may be null. */
function plain(schema: Schema): Schema {
  const types = [schema.type, ...((schema.anyOf as Schema[] | undefined) ?? []).map(({ type }) => type)].flat();
  return { ...schema, type: types.find((type) => type !== 'null'), nullable: types.includes('null') };
}

/** Every property of every schema and every parameter, those in arrays and objects included. */
function* all(): Generator<{ at: string; name: string; schema: Schema }> {
  function* within(at: string, name: string, schema: Schema): ReturnType<typeof all> {
    yield { at, name, schema: plain(schema) };
    if (schema.items) yield* within(`${at}[]`, name, schema.items as Schema);
    for (const [inner, value] of Object.entries(schema.properties ?? {})) yield* within(`${at}.${inner}`, inner, value);
  }
  for (const [name, schema] of schemas) yield* within(name, '', schema);
  for (const { name: at, parameters } of operations)
    for (const { name = '', schema } of parameters) if (schema) yield* within(`${at} ${name}`, name, schema);
}

/** True for what stands at a schema or an operation of the product itself. */
function isOurs({ at }: { at: string }): boolean {
  const [, method = '', path = ''] = /^([A-Z]+) (\S+)/.exec(at) ?? [];
  const paths = product.paths as Readonly<Record<string, object>>;
  return path ? method.toLowerCase() in (paths[path] ?? {}) : (at.split(/[.[]/)[0] ?? '') in product.components.schemas;
}

const named = (pattern: RegExp) =>
  [...all()].filter(({ name, schema }) => pattern.test(name) && schema.type !== 'array');

/** Formats that an example shows. */
const SHOWN: readonly (readonly [example: RegExp, format: string])[] = [
  [/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/, 'date-time'],
  [/^\d{4}-\d\d-\d\d$/, 'date'],
  [/^[^\s@]+@[^\s@]+$/, 'email'],
];

/** Texts that are called like an id or a version. */
const NO_INTEGERS = /request_id$|^Health\.version$/;
const DECIMALS = ['efficiency_score', 'completion_rate', 'throughput', 'duration_ms'];

describe('the OpenAPI document, for a generator of clients', () => {
  it('is OpenAPI 3.1, with a server and a licence, and knows no nullable', () => {
    expect(product).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: '/' }],
      info: { license: { identifier: 'LicenseRef-CTMS' } },
    });
    expect(JSON.stringify(document)).not.toContain('"nullable"');
    expect([...all()].filter(({ schema }) => schema.nullable).length).toBeGreaterThan(40);
  });

  it('shows ids, versions, counts and limits of the product as integers of a size', () => {
    const integers = named(
      /^(id|.*_ids?|version|.*_version|.*_count|total|limit|status_code|assigned_to|created_by|changed_by|parent_task|tags|actor|pending|completed)$/,
    ).filter((place) => isOurs(place) && !NO_INTEGERS.test(place.at));
    expect(integers.length).toBeGreaterThan(60);
    const wrong = integers.filter(
      ({ schema }) => schema.type !== 'integer' || !/^int(32|64)$/.test(schema.format ?? ''),
    );
    expect(wrong.map(({ at }) => at)).toEqual([]);
  });

  it('says of every integer of the product where it begins', () => {
    const integers = [...all()].filter((place) => place.schema.type === 'integer' && isOurs(place));
    expect(integers.length).toBeGreaterThan(100);
    expect(integers.filter(({ schema }) => typeof schema.minimum !== 'number').map(({ at }) => at)).toEqual([]);
  });

  it('shows no marks that decorators leave for the document alone', () => {
    const marks = Object.values(document.paths).flatMap((item) => Object.values(item).flatMap(Object.keys));
    expect([...new Set(marks.filter((name) => name.startsWith('x-')))].sort()).toEqual([
      'x-no-idempotency-key',
      'x-policy',
      'x-who',
    ]);
  });

  it('shows as numbers of the product only what has decimals', () => {
    const numbers = [...all()].filter((place) => place.schema.type === 'number' && isOurs(place));
    expect([...new Set(numbers.map(({ name }) => name))].sort()).toEqual([...DECIMALS].sort());
  });

  it('declares the format that the example of a text shows', () => {
    const texts = [...all()].filter(({ schema }) => schema.type === 'string' && typeof schema.example === 'string');
    expect(texts.length).toBeGreaterThan(100);
    const undeclared = texts.filter(({ schema: { example, format } }) =>
      SHOWN.some(([pattern, shown]) => pattern.test(example as string) && format !== shown),
    );
    expect(undeclared.map(({ at }) => at)).toEqual([]);
  });

  it('declares a number as an integer, unless its example has decimals', () => {
    const undeclared = [...all()].filter(
      ({ schema: { type, example } }) =>
        type === 'number' && (typeof example !== 'number' || Number.isInteger(example)),
    );
    expect(undeclared.map(({ at }) => at)).toEqual([]);
  });

  it('gives ids that count on beyond 32 bits 64', () => {
    const wide = [...all()].filter((place) => place.schema.format === 'int64' && isOurs(place)).map(({ at }) => at);
    const ofEntries = ['RedactionView.entry_id', 'POST /api/audit/entries/{id}/redactions id'];
    const ofTrees = ['GET /api/audit/evidence extends', 'GET /api/audit/evidence extends[]'];
    const views = ['EntryView.id', 'RequestView.id', 'HistoryView.id'];
    expect(wide.filter((at) => !ofTrees.includes(at)).sort()).toEqual([...views, ...ofEntries].sort());
  });

  it('gives times and days their format', () => {
    // The ends of a span may be days as well.
    const times = named(/_at$|^(deadline|timestamp|last_login|date_joined|allowed_from)$/).filter(
      (place) => isOurs(place) || place.name.endsWith('_at'),
    );
    expect(times.length).toBeGreaterThan(12);
    expect(times.filter(({ schema }) => schema.format !== 'date-time').map(({ at }) => at)).toEqual([]);
  });

  it('lists the values of status, priority and role of the product, lowest first, wherever they stand', () => {
    const values = {
      status: ['pending', 'in_progress', 'blocked', 'completed'],
      priority: ['low', 'medium', 'high', 'critical'],
      role: ['manager', 'developer', 'auditor'],
    };
    const places = named(/^(status|priority|role)$/).filter(
      (place) =>
        isOurs(place) &&
        !/^(Health|Standing|Readiness|Problem|MarkedRead|RedactionView|BulkItem|BulkItemProblem)\.|redactions/.test(
          place.at,
        ),
    );
    expect(places.length).toBeGreaterThan(10);
    for (const { at, name, schema } of places)
      expect([at, schema.enum]).toEqual([at, values[name as keyof typeof values]]);
  });

  it('says of every answer what it is, and of every view which members it has', () => {
    const empty = schemas.filter(([, { properties }]) => Object.keys(properties ?? {}).length === 0);
    expect(empty.map(([name]) => name)).toEqual([]);
    const views = schemas.filter(([name]) => !/^(New|.*Patch$|ChangeReasonOnly$)/.test(name));
    expect(views.filter(([, { required }]) => !required).map(([name]) => name)).toEqual([]);
    const silent = operations.filter(({ responses }) =>
      Object.entries(responses).some(([status, { content }]) => !/^(204|3\d\d)$/.test(status) && !content),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('declares every parameter of an address', () => {
    const missing = operations.filter(({ path, parameters }) =>
      [...path.matchAll(/\{(\w+)\}/g)].some(
        ([, id]) => !parameters.some(({ name, in: place }) => name === id && place === 'path'),
      ),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('has an example for what may be null, so that no generated one is sent', () => {
    const bare = [...all()].filter(({ schema }) => schema.nullable && schema.example === undefined);
    expect(bare.map(({ at }) => at)).toEqual([]);
  });

  it('declares the headers of pages wherever there are pages', () => {
    const pages = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'));
    expect(
      pages.filter(({ responses }) => !('Link' in (responses['200']?.headers ?? {}))).map(({ name }) => name),
    ).toEqual([]);
  });

  it('gives the examples of problems the path of their operation', () => {
    const instances = operations.flatMap(({ name, path, responses }) =>
      Object.values(responses).flatMap(({ content }) => {
        const { examples } = (content?.['application/problem+json'] ?? {}) as { examples?: object };
        return Object.values(examples ?? {}).map(({ value }: { value: { instance: string } }) => ({
          name,
          path,
          instance: value.instance,
        }));
      }),
    );
    expect(instances.length).toBeGreaterThan(500);
    const wrong = instances.filter(
      ({ path, instance }) => !new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[a-z0-9]+')}$`).test(instance),
    );
    expect(wrong).toEqual([]);
  });

  it('describes every tag', () => {
    expect(document.tags.filter(({ description }) => description.length < 10)).toEqual([]);
  });

  it('has an example of every text that an answer has', () => {
    const read = schemas.filter(([name]) => !/^(New|.*Patch$|Problem$)/.test(name));
    const bare = read.flatMap(([name, { properties }]) =>
      Object.entries(properties ?? {})
        .map(([property, schema]) => [property, plain(schema)] as const)
        .filter(([, { type, example, enum: values }]) => type === 'string' && example === undefined && !values)
        .map(([property]) => `${name}.${property}`),
    );
    expect(bare).toEqual([]);
  });

  it('limits the length of texts alone, not of arrays', () => {
    const wrong = [...all()].filter(
      ({ schema }) => schema.type === 'array' && ('minLength' in schema || 'maxLength' in schema),
    );
    expect(wrong.map(({ at }) => at)).toEqual([]);
  });

  it('offers no answer to a captcha that was not issued', () => {
    const answers = operations.flatMap(({ parameters }) =>
      parameters.filter(({ name }) => name === 'X-Captcha-Answer'),
    );
    expect(answers.length).toBeGreaterThan(3);
    expect(JSON.stringify(answers)).not.toContain('"example');
  });
});
