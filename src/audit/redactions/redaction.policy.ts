import { ALL, NONE, policy } from '../../core/authorization/policy.js';
import { type Redaction } from './redaction.entity.js';

export const requestableRedactions = policy<Redaction>('ask for a redaction', ({ role }) =>
  role === 'auditor' ? ALL : NONE,
);

/** Whose request it is, is nobody's to decide: the service tells that apart, with a code of its own. */
export const decidableRedactions = policy<Redaction>('decide on redactions', ({ role }) =>
  role === 'developer' ? NONE : ALL,
);
