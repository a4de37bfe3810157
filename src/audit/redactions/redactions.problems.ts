import { problems } from '../../core/http/problem.js';

export const RedactionProblem = problems({
  own_redaction: [403, 'You cannot decide on a redaction that you requested'],
  not_independent: [403, 'The requester and the approver must owe their roles to different people'],
  appointed_recently: [403, 'A participant of this redaction was appointed too recently'],
  entry_not_found: [404, 'No such audit entry'],
  redaction_not_found: [404, 'No such redaction'],
  redaction_decided: [409, 'This redaction was decided already'],
  redaction_lapsed: [409, 'The requester of this redaction is no longer an active auditor'],
  redaction_unproven: [
    409,
    'Nothing proves that this request came through this installation; decline it and ask again',
  ],
  redaction_pending: [409, 'A redaction of this entry is waiting for a decision'],
  redaction_key_unknown: [503, 'The database does not know the key of this server; its owner has to migrate'],
  nothing_to_redact: [422, 'The entry has no value there'],
  not_redactable: [422, 'Entries about keys, exports, redactions and appointments cannot be redacted'],
});
