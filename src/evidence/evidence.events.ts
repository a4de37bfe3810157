import { problems } from '../core/problem.js';

export const EvidenceProblem = problems({
  not_sealed_yet: [503, 'The audit trail is not sealed up to now yet; try again shortly'],
});

/** 503 with `Retry-After`. */
export const notSealedYet = () => EvidenceProblem.not_sealed_yet(undefined, { headers: { 'Retry-After': '5' } });
