import { problems } from '../core/problem.js';

export const RedactionProblem = problems({
  own_redaction: [403, 'Nobody decides on a redaction that they asked for themselves'],
  entry_not_found: [404, 'No such audit entry'],
  redaction_not_found: [404, 'No such redaction'],
  redaction_decided: [409, 'This redaction was decided already'],
  redaction_pending: [409, 'A redaction of this entry is waiting for a decision'],
  nothing_to_redact: [422, 'The entry has no value there'],
  not_redactable: [422, 'What tells of keys, exports and redactions stays as it is'],
});
