import fc, { type Arbitrary } from 'fast-check';
import { resolved, type JsonSchema } from '../support/operations.js';

/** JSON text: made as text, since no value of JavaScript has a key twice or a number of a thousand digits. */
export type Json = Arbitrary<string>;

const json = (value: unknown): string => JSON.stringify(value);
const MARKS = '\u0315\u0300\u05ae\u0323';
const ZONES = ['UTC', 'Asia/Kolkata', 'Europe/Berlin', 'EST5EDT', 'Etc/GMT+12'];
/** Ids of existing records of any user, and of some that do not exist. */
export const anId = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
  fc.constantFrom(999, 2147483647),
);

/** Texts that break parsers, or have a meaning in some language. */
export const hostileText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      'a\0b',
      '\ud800',
      'a\udfff',
      '\u202eabc',
      '\ufeff',
      '\u200b',
      '\u3164',
      '\ufffd',
      '\u{1f468}\u200d\u{1f469}',
    ],
    ...[
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'null',
      'undefined',
      'NaN',
      '-1',
      '0x10',
      '1e3',
    ],
    ...[
      "'; DROP TABLE tasks; --",
      '" OR 1=1 --',
      '$1',
      '%',
      '_',
      '\\',
      '${7*7}',
      '{{7*7}}',
      '<script>',
      '../../etc/passwd',
      '%00',
    ],
    ...[
      '=1+1',
      '@SUM(A1)',
      '\r\nSet-Cookie: a=b',
      'İ',
      'ß',
      'ﷺ',
      '2026-02-30T00:00:00Z',
      '9999-12-31T24:00:00Z',
      '+275760-09-13',
    ],
  ),
  fc
    .tuple(
      fc.constantFrom('a', ' ', MARKS, '\ufdfa', '\ufe0f', '\u{1f600}', '9', 'a.', '\n'),
      fc.integer({ min: 50, max: 3000 }),
    )
    .map(([part, times]) => `a${part.repeat(times)}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const deep = (times: number, open: string, close: string) => `${open.repeat(times)}1${close.repeat(times)}`;

/** Any JSON at all, and some that is none. */
const hostileJson: Json = fc.oneof(
  hostileText.map(json),
  fc.constantFrom(
    ...['null', 'true', 'false', '0', '-0', '-1', '1.5', '2147483648', '9007199254740993', '1e400', '-1e-400', '1E2'],
    ...['{}', '[]', '[null]', '[[]]', '{"__proto__":{"role":"manager"}}', '{"constructor":{"prototype":{"a":1}}}'],
    ...[
      '{"a":1,"a":2}',
      '{"length":1e9}',
      '{"toJSON":1}',
      '{"then":1}',
      '{"$ne":null}',
      '[1,1,1]',
      'nul',
      '01',
      "'a'",
      '',
    ],
    ...[
      '"\\ud800"',
      '"\\u0000"',
      '{"\\u0000":1}',
      '\ufeff1',
      deep(31, '[', ']'),
      deep(40, '[', ']'),
      deep(40, '{"a":', '}'),
    ],
    ...[
      deep(3000, '[', ']'),
      `[${'1,'.repeat(6000)}1]`,
      '9'.repeat(2000),
      `0.${'1'.repeat(2000)}`,
      `{"${'k'.repeat(3000)}":1}`,
    ],
  ),
  fc.jsonValue({ maxDepth: 3 }).map(json),
);

/** Values that the schema allows. */
function valid(given: JsonSchema, name = ''): Json {
  const schema = resolved(given);
  const types = [schema.type].flat();
  const value = ofSchema({ ...schema, type: types.find((type) => type !== 'null') }, name);
  return types.includes('null') ? fc.oneof({ weight: 5, arbitrary: value }, fc.constant('null')) : value;
}

function ofSchema(schema: JsonSchema, name: string): Json {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum.map(json));
  if (schema.properties) return object(schema, (inner, field) => valid(inner, field));
  if (schema.type === 'array') {
    const items = valid((schema.items ?? {}) as JsonSchema, name);
    return fc.array(items, { minLength: 1, maxLength: 4 }).map((values) => `[${values.join(',')}]`);
  }
  if (schema.type === 'integer' || schema.type === 'number') return anId.map(json);
  if (schema.type === 'boolean') return fc.boolean().map(json);
  return validText(schema, name).map(json);
}

function validText({ format, minLength, maxLength }: JsonSchema, name: string): Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ min: new Date('2025-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === 'email') return fc.stringMatching(/^[a-z]{3,10}$/).map((user) => `${user}@example.org`);
  if (name.endsWith('_hours')) return fc.integer({ min: 0, max: 9999 }).map((n) => (n / 4).toFixed(2));
  if (name === 'timezone') return fc.constantFrom(...ZONES);
  if (name === 'fields') return fc.constantFrom('reason', 'entity_name', 'title.before', 'title.after');
  const [min, max] = [Number(minLength ?? 1), Math.min(Number(maxLength ?? 30), 30)];
  return fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'),
    minLength: min,
    maxLength: max,
  });
}

/** An object with its required fields, each other one sometimes. */
function object({ properties = {}, required = [] }: JsonSchema, of: (schema: JsonSchema, field: string) => Json): Json {
  const fields = Object.entries(properties).map(([field, schema]) =>
    fc.option(of(schema, field), { freq: required.includes(field) ? 30 : 1 }).map((value) => [field, value] as const),
  );
  return fc
    .tuple(...fields)
    .map(
      (pairs) =>
        `{${pairs.flatMap(([field, value]) => (value === null ? [] : [`${json(field)}:${value}`])).join(',')}}`,
    );
}

/** Its fields, of which one is not as it should be. */
function nearlyValid(schema: JsonSchema): Json {
  const names = Object.keys(schema.properties ?? {});
  return fc
    .tuple(valid(schema), fc.constantFrom(...names, '__proto__', 'constructor', 'id', 'role', 'extra'), hostileJson)
    .map(([body, field, value]) => {
      const rest = body === '{}' ? '}' : `,${body.slice(1)}`;
      return `{${json(field)}:${value}${rest}`;
    });
}

/** Bodies for an operation, most of which mean something to it. */
export function bodyOf(given: JsonSchema): Json {
  const schema = resolved(given);
  const hostileFields = object(schema, (inner, field) => fc.oneof(valid(inner, field), hostileJson));
  return fc.oneof(
    { weight: 3, arbitrary: valid(schema) },
    { weight: 4, arbitrary: nearlyValid(schema) },
    { weight: 2, arbitrary: hostileFields },
    { weight: 1, arbitrary: hostileJson },
  );
}

/** The text of a parameter. */
export function parameterOf(schema: JsonSchema, name: string): Arbitrary<string> {
  const text = valid(schema, name).map((value) => {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed.join(',') : String(parsed);
  });
  return fc.oneof({ weight: 3, arbitrary: text }, { weight: 2, arbitrary: hostileText });
}
