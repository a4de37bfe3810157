import { type EntryFacts } from '../audit/audit.policy.js';
import { ALL, NONE, policy } from '../core/scope.js';

/** Evidence speaks of the whole trail, so it is the auditor's alone. */
export const provableEntries = policy<EntryFacts>('take evidence of the audit trail', ({ role }) =>
  role === 'auditor' ? ALL : NONE,
);
