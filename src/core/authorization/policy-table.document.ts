import { ROLES } from './actor.js';
import { type RoleCoverage, type RouteRule } from './policy-table.service.js';

const HEAD = `# Permissions

Who may call what, made of the rules that the guards evaluate (\`npm run docs:permissions\`). *some*: records of
one's own, or those that the role sees; outside working hours, one's own critical tasks. Working hours are 9 to 18 h in the
user's time zone unless configured otherwise. \`GET /api/policy\` answers with the same table, \`POST /api/policy/explain\` with
the decision for one task.
`;

/**
 * Renders the table for docs/permissions.md, or for that of an extension.
 *
 * @param others routes of the product, of which it is listed what the extension narrows
 */
export function policyDocument(routes: readonly RouteRule[], others: readonly RouteRule[] = []): string {
  const head = `| operation | rule | ${ROLES.join(' | ')} |\n| --- | --- |${' --- |'.repeat(ROLES.length)}`;
  const rows = routes.map(({ operation, rule, roles }) => {
    const cells = rule === null ? ROLES.map(() => 'anyone') : roles.map(cellOf);
    return `| \`${operation}\` | ${rule ?? '–'} | ${cells.join(' | ')} |`;
  });
  const lines = narrowingLines(others);
  const narrowed = lines.length > 0 ? `\n## Narrowed rules of the product\n\n${lines.join('\n')}\n` : '';
  return `${HEAD}\n${head}\n${rows.join('\n')}\n${narrowed}`;
}

/** Lists the operations that each narrowing narrows, one line a narrowing. */
export function narrowingLines(routes: readonly RouteRule[]): string[] {
  const names = [...new Set(routes.flatMap(({ narrowed_by }) => narrowed_by))].sort();
  return names.map((name) => {
    const operations = routes.filter(({ narrowed_by }) => narrowed_by.includes(name));
    return `- ${name}: ${operations.map(({ operation }) => `\`${operation}\``).join(', ')}`;
  });
}

function cellOf({ within_hours: within, outside_hours: outside }: RoleCoverage): string {
  const name = { all: 'yes', some: 'some', none: 'no' };
  return within === outside ? name[within] : `${name[within]}; outside working hours: ${name[outside]}`;
}
