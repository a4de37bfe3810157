import { parseArgs } from 'node:util';
import { runCommand } from './run-command.js';
import { ROLES, systemPrincipal, type Role } from '../core/authorization/actor.js';

const USAGE =
  'Usage: npm run user:create -- --username U --email E --role manager|developer|auditor [--timezone Z] [--password P]';

function options() {
  const { values } = parseArgs({
    options: {
      username: { type: 'string' },
      email: { type: 'string' },
      role: { type: 'string' },
      timezone: { type: 'string' },
      password: { type: 'string' },
    },
  });
  const { username, email, role } = values;
  if (!username || !email || !ROLES.includes(role as Role)) throw new Error(USAGE);
  return { ...values, username, email, role: role as Role };
}

await runCommand(USAGE, options, async (app, account) => {
  const { AccountProvisioningService } = await import('../auth/registration/account-provisioning.service.js');
  const made = await app
    .get(AccountProvisioningService, { strict: false })
    .create(systemPrincipal('user:create', 'Created by an administrator of the installation'), account);
  process.stdout.write(`${JSON.stringify(made)}\n`);
});
