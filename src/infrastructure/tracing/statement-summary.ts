export interface StatementSummary {
  readonly operation: string;
  readonly tables: readonly string[];
  /** `db.query.summary` of the semantic conventions: the operation and its tables, such as `SELECT tasks users`. */
  readonly summary: string;
}

/** Bounds the memory of statements that filters combine into ever new texts. */
const MAX_CACHED = 1000;
const MAX_TABLES = 6;

const LITERAL_OR_COMMENT = /'(?:[^']|'')*'|--[^\n]*|\/\*.*?\*\//gs;
const NAME = String.raw`(?:\w+\b|"[^"]+")(?:\.(?:\w+\b|"[^"]+"))?`;
/** A name before a bracket is a function after FROM, and a table with its columns after INTO. */
const TABLE = new RegExp(
  String.raw`\b(?:(?:INTO|UPDATE|COPY)\s+(?:ONLY\s+)?(${NAME})|(?:FROM|JOIN)\s+(?:ONLY\s+)?(${NAME})(?!\s*\())`,
  'gi',
);
const COMMON_TABLE = new RegExp(
  String.raw`(?:\bWITH(?:\s+RECURSIVE)?|,)\s*(\w+)\s*(?:\([^()]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(`,
  'gi',
);
const WRITE = /\b(INSERT|UPDATE|DELETE|MERGE)\s/i;
const NOT_TABLES = new Set(['select', 'lateral', 'unnest', 'set', 'stdin', 'values', 'of', 'skip', 'nowait']);

const cached = new Map<string, StatementSummary>();

/** Summarizes the text of a statement for the name of its span; literals are left out. */
export function summarize(text: string): StatementSummary {
  const known = cached.get(text);
  if (known) return known;
  const summary = summaryOf(text.replaceAll(LITERAL_OR_COMMENT, ' '));
  if (cached.size < MAX_CACHED) cached.set(text, summary);
  return summary;
}

function summaryOf(text: string): StatementSummary {
  const operation = operationOf(text);
  const temporary = new Set([...text.matchAll(COMMON_TABLE)].map(([, name = '']) => name.toLowerCase()));
  const named = [...text.matchAll(TABLE)].map(([, written, read = '']) => (written ?? read).replaceAll('"', ''));
  const tables = [...new Set(named)].filter(
    (name) => !temporary.has(name.toLowerCase()) && !NOT_TABLES.has(name.toLowerCase()),
  );
  const shown = tables.slice(0, MAX_TABLES);
  return { operation, tables, summary: [operation, ...shown].join(' ') };
}

/** A WITH that writes is named by what it writes. */
function operationOf(text: string): string {
  const [first = ''] = /[A-Za-z]+/.exec(text) ?? [];
  const word = first.toUpperCase();
  if (word !== 'WITH') return word;
  return WRITE.exec(text)?.[1]?.toUpperCase() ?? 'SELECT';
}
