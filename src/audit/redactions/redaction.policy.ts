import { ALL, NONE, policy } from '../../core/authorization/policy.js';
import { type Redaction } from './redaction.entity.js';

export const requestableRedactions = policy<Redaction>('ask for a redaction', ({ role }) =>
  role === 'auditor' ? ALL : NONE,
);

/** Leaves out the rule against one's own requests: the service rejects those with a code of their own. */
export const decidableRedactions = policy<Redaction>('decide on redactions', ({ role }) =>
  role === 'developer' ? NONE : ALL,
);
