const CREATED_TABLE = /^CREATE TABLE "(\w+)"/;
/** TypeORM's own name of a primary key, which it compares with none. */
const HASHED_PRIMARY_KEY = /CONSTRAINT "PK_[0-9a-f]+" PRIMARY KEY/;

/** Formats the statements of a migration; a new table that has no comment gets one from its name. */
export function upFile(statements: readonly string[]): string {
  const isCommented = (table: string) => statements.some((one) => one.startsWith(`COMMENT ON TABLE "${table}" IS`));
  return statements
    .flatMap((statement) => {
      const table = CREATED_TABLE.exec(statement)?.[1];
      return table && !isCommented(table) ? [statement, comment(table)] : [statement];
    })
    .map(formatted)
    .join('');
}

/** Formats the statements that revert a migration; a table that is dropped needs no change of its comment. */
export function downFile(statements: readonly string[]): string {
  const dropped = statements.flatMap((statement) => /^DROP TABLE (\S+)$/.exec(statement)?.[1] ?? []);
  const isNeeded = (statement: string) => !dropped.some((table) => statement === `COMMENT ON TABLE ${table} IS NULL`);
  return statements.filter(isNeeded).map(formatted).join('');
}

function comment(table: string): string {
  const words = table.replaceAll('_', ' ');
  return `COMMENT ON TABLE "${table}" IS '${words.charAt(0).toUpperCase()}${words.slice(1)}.'`;
}

/** Puts each column and constraint of a new table on a line of its own. */
function formatted(statement: string): string {
  const [, name, body] = /^CREATE TABLE "(\w+)" \((.*)\)$/s.exec(statement) ?? [];
  if (!name || !body) return `${statement};\n`;
  const named = body.replace(HASHED_PRIMARY_KEY, `CONSTRAINT "${name}_pkey" PRIMARY KEY`);
  return `CREATE TABLE "${name}" (\n  ${topLevelParts(named).join(',\n  ')}\n);\n`;
}

/** Splits at the commas that stand in neither brackets nor quotes. */
function topLevelParts(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|./gs)) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token}`);
  }
  return parts.map((part) => part.trim());
}
