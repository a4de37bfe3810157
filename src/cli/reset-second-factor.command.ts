import { parseArgs } from 'node:util';
import { runCommand } from './run-command.js';
import { systemPrincipal } from '../core/authorization/actor.js';

const USAGE = 'Usage: npm run user:reset-second-factor -- --username U [--reason R]';
const REASON = 'Requested by an administrator of the installation';

function options() {
  const { values } = parseArgs({ options: { username: { type: 'string' }, reason: { type: 'string' } } });
  if (!values.username) throw new Error(USAGE);
  return { username: values.username, reason: values.reason ?? REASON };
}

await runCommand(USAGE, options, async (app, { username, reason }) => {
  const { SecondFactorEnrolment } = await import('../auth/second-factor-enrolment.service.js');
  const enrolment = app.get(SecondFactorEnrolment, { strict: false });
  const user = await enrolment.reset(systemPrincipal('user:reset-second-factor', reason), username);
  process.stdout.write(`${JSON.stringify(user)}\n`);
});
