import { escapeIdentifier, escapeLiteral, type ClientBase, type Pool } from 'pg';
import { scramVerifier } from './scram.js';

type Queryable = Pick<Pool | ClientBase, 'query'>;

/** Login role of PostgreSQL, with its password. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

const INSUFFICIENT_PRIVILEGE = '42501';
/**
 * Another replica or database created the role meantime; roles are shared by all databases of a server.
 * duplicate_object, unique_violation.
 */
const ALREADY_CREATED = ['42710', '23505'];

/** Condition on a table name for tables whose rows are never updated or deleted. */
export const isAppendOnlyTable = (name: string): string =>
  `(${name} LIKE 'audit\\_%' OR ${name} LIKE 'api\\_audit\\_logs%' OR ${name} = 'task_history')`;

/** Returns the login of a database URL. */
export function loginOf(url: string): Login {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/**
 * Creates the application role unless it exists; an existing one keeps its password.
 *
 * @throws Error with instructions, where the owner may not create roles
 */
export async function ensureRole(owner: Queryable, { name, password }: Login): Promise<void> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount) return;
  const role = escapeIdentifier(name);
  try {
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD ${escapeLiteral(scramVerifier(password))}`);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (ALREADY_CREATED.includes(code)) return;
    if (code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Error(
      `There is no role ${role}, which DATABASE_URL names, and the role of DATABASE_OWNER_URL may not create it: have an ` +
        `administrator run CREATE ROLE ${role} LOGIN PASSWORD '…', then migrate again.`,
      { cause: error },
    );
  }
}

/**
 * Grants the application role the privileges that it needs, and revokes all others: it reads and appends to
 * append-only tables, reads the list of migrations and the delay of redactions, and cannot even read the keys that
 * prove redactions. One transaction, so that a running server never lacks a privilege. Every migration run ends with
 * it, so objects of the product's and of extensions' migrations are always covered.
 */
export async function grantApplicationPrivileges(owner: Queryable, name: string): Promise<void> {
  const role = escapeIdentifier(name);
  const { rows } = await owner.query<Grant>(GRANTS);
  const statements = rows.flatMap(({ object, rights, lent }) => [
    `REVOKE ALL ON ${object} FROM ${role}${lent ? ', PUBLIC' : ''}`,
    ...(rights ? [`GRANT ${rights} ON ${object} TO ${role}`] : []),
  ]);
  // Objects that PUBLIC could create would shadow names in the owner's functions and migrations.
  await owner.query(['REVOKE CREATE ON SCHEMA public FROM PUBLIC', ...statements].join(';\n'));
}

interface Grant {
  readonly object: string;
  /** Null for no privilege. */
  readonly rights: string | null;
  /** True for a function that runs with the owner's privileges: only the application role may call it. */
  readonly lent: boolean;
}

/**
 * Privileges by object. An identity column needs no privilege on its sequence; the import sets ids itself, and
 * advances the sequence.
 */
const GRANTS = `WITH mine AS (
    SELECT c.oid, c.relkind, coalesce(t.relname, c.relname) AS name FROM pg_class c
    LEFT JOIN pg_depend d ON c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    WHERE c.relnamespace IN ('public'::regnamespace, 'pgboss'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT c.relispartition AND pg_has_role(c.relowner, 'USAGE'))
  SELECT format('DATABASE %I', current_database()) AS object, 'CONNECT, TEMPORARY' AS rights, false AS lent
  UNION ALL SELECT format('SCHEMA %I', nspname), 'USAGE', false FROM pg_namespace WHERE nspname IN ('public', 'pgboss')
  UNION ALL SELECT 'TABLE ' || oid::regclass, CASE
      WHEN name IN ('migrations', 'redaction_delays') THEN 'SELECT'
      WHEN name = 'redaction_keys' THEN NULL
      WHEN ${isAppendOnlyTable('name')} THEN 'SELECT, INSERT'
      ELSE 'SELECT, INSERT, UPDATE, DELETE' END, false FROM mine WHERE relkind <> 'S'
  UNION ALL SELECT 'SEQUENCE ' || oid::regclass, CASE
      WHEN name <> 'task_history' AND (name = 'migrations' OR ${isAppendOnlyTable('name')}) THEN 'USAGE'
      ELSE 'USAGE, SELECT, UPDATE' END, false FROM mine WHERE relkind = 'S'
  UNION ALL SELECT 'ROUTINE ' || oid::regprocedure, 'EXECUTE', prosecdef FROM pg_proc
    WHERE pronamespace IN ('public'::regnamespace, 'pgboss'::regnamespace) AND prokind IN ('f', 'p')
      AND pg_has_role(proowner, 'USAGE')`;
