import { escapeIdentifier, escapeLiteral, type ClientBase, type Pool } from 'pg';
import { scramVerifier } from './scram.js';

type Queryable = Pick<Pool | ClientBase, 'query'>;

/** A role that PostgreSQL lets in. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

const INSUFFICIENT_PRIVILEGE = '42501';
/** Another one made it in the meantime: roles are the server's, and so shared by all of its databases. */
const MADE_MEANWHILE = ['42710', '23505'];

/** What is never changed nor deleted, as an SQL condition on the name of a table. */
export const isAppendOnlyTable = (name: string): string =>
  `(${name} LIKE 'audit\\_%' OR ${name} LIKE 'api\\_audit\\_logs%' OR ${name} = 'task_history')`;

/** Whom an address logs in. */
export function loginOf(url: string): Login {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/**
 * Makes the role that serves where there is none; one that is there keeps its password.
 *
 * @throws Error that says what to do, where this role may make no other
 */
export async function ensureRole(owner: Queryable, { name, password }: Login): Promise<void> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount) return;
  const role = escapeIdentifier(name);
  try {
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD ${escapeLiteral(scramVerifier(password))}`);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (MADE_MEANWHILE.includes(code)) return;
    if (code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Error(
      `There is no role ${role}, which DATABASE_URL names, and the role of DATABASE_OWNER_URL may not make it: let an ` +
        `administrator say CREATE ROLE ${role} LOGIN PASSWORD '…', then migrate again.`,
      { cause: error },
    );
  }
}

/**
 * Gives the role that serves what it needs, and takes whatever else it had: of what is kept, it reads and adds; of the
 * list of migrations and the delay of redactions, it reads; the keys that prove redactions, it does not even read. In one transaction, so that a server that runs meanwhile never lacks a right. Migrating
 * ends with it, so what a migration of the product or of an extension made is always among it.
 */
export async function grantApplicationPrivileges(owner: Queryable, name: string): Promise<void> {
  const role = escapeIdentifier(name);
  const { rows } = await owner.query<Right>(RIGHTS);
  const statements = rows.flatMap(({ object, rights, lent }) => [
    `REVOKE ALL ON ${object} FROM ${role}${lent ? ', PUBLIC' : ''}`,
    ...(rights ? [`GRANT ${rights} ON ${object} TO ${role}`] : []),
  ]);
  // What PUBLIC could make would stand in the way of what the owner's functions and migrations mean by a name.
  await owner.query(['REVOKE CREATE ON SCHEMA public FROM PUBLIC', ...statements].join(';\n'));
}

interface Right {
  readonly object: string;
  /** Null: none. */
  readonly rights: string | null;
  /** It runs with the rights of the owner, and so is nobody else's to call. */
  readonly lent: boolean;
}

/** An identity needs no right to its sequence; the import numbers what it brings, and goes on from there. */
const RIGHTS = `WITH mine AS (
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
