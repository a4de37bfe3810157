import { redactionMac } from '../../src/infrastructure/database-roles/redaction-rules.js';
import { sql, type TestApp } from './app.js';

/** The secret of `TestApp`. */
const SECRET_KEY = 'k'.repeat(40);

/** Approves a request past the product, with all that the database asks for and without an entry of the trail. */
export async function approveInSecret(app: TestApp, id: number, approver: number, opened: object): Promise<void> {
  await app.rows(sql`UPDATE redactions SET status = 'approved', decided_by_id = ${approver}, decided_by = 'x',
    decided_at = now(), opened = ${JSON.stringify(opened)}::jsonb WHERE id = ${id}`);
  const [row] = await app.rows<{ text: string }>(
    sql`SELECT redaction_message(r, 'approved') AS text FROM redactions r WHERE id = ${id}`,
  );
  const mac = redactionMac(SECRET_KEY, row?.text ?? '');
  await app.rows(sql`UPDATE redactions SET approval_mac = ${mac} WHERE id = ${id}`);
}
