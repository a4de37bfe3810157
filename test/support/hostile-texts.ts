/** A JSON value that is costly to read: made of a part that is repeated until it has the length. */
interface Hostile {
  readonly start: string;
  readonly part: string;
  readonly end: string;
}

const text = (part: string, start = '', end = ''): Hostile => ({ start: `"${start}`, part, end: `${end}"` });

/** By name, what each is hostile to. */
export const HOSTILE: Readonly<Record<string, Hostile>> = {
  // Normalization sorts these, in quadratic time.
  'combining marks': text('\u0315\u0300\u05ae\u0323', 'a'),
  'half-width sound marks': text('\uff9e\u0315\u0300\uff9f\u0323', 'a'),
  'ligatures that grow eighteenfold': text('\ufdfa'),
  'decomposed Hangul': text('\u1112\u1161\u11ab'),
  'variation selectors': text('\ufe0f', 'a'),
  surrogates: text('\u{1f600}'),
  'lone surrogates': text('\\ud800'),
  'right-to-left overrides': text('\u202e\u05d0'),
  // For patterns that try again at every position.
  'one letter': text('a', '', '!'),
  blanks: text(' ', 'a', 'a'),
  'unusual blanks': text('\u3000\\n', 'a', 'a'),
  digits: text('1', '', 'x'),
  'dots and signs': text('a.', 'a@', '@'),
  'an address of many labels': text('a.', 'asha@', 'org'),
  'an address with many signs': text('@', 'a', 'b.org'),
  quotes: text('\\"\\\\', '\\"'),
  commas: text(',', '1'),
  percents: text('%25', '%'),
  upper: text('\u0130\u1e9e'),
  // For parsers and what walks over their result.
  'a long number': { start: '1', part: '1', end: '' },
  'a long fraction': { start: '0.', part: '1', end: '' },
  'a long exponent': { start: '1e', part: '9', end: '' },
  'deep lists': { start: '', part: '[', end: '' },
  'deep objects': { start: '', part: '{"a":', end: '' },
  'a wide list': { start: '[1', part: ',1', end: ']' },
  'many empty objects': { start: '[{}', part: ',{}', end: ']' },
  'many empty texts': { start: '[""', part: ',""', end: ']' },
  'a long key over many faults': {
    start: `{"${'k'.repeat(7000)}`,
    part: 'k',
    end: `":[${'"\\u0000",'.repeat(900)}1]}`,
  },
};

/** @returns JSON of `bytes` at most */
export function hostileJson({ start, part, end }: Hostile, bytes: number): Buffer {
  const [head, middle, tail] = [Buffer.from(start), Buffer.from(part), Buffer.from(end)];
  const repeated = Math.max(0, Math.floor((bytes - head.length - tail.length) / middle.length));
  return Buffer.concat([head, Buffer.alloc(repeated * middle.length, middle), tail]);
}
