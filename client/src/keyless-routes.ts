// Generated from test/openapi.json by `npm run openapi`.

/** Routes that answer 422 to an `Idempotency-Key`. */
export const KEYLESS_ROUTES: ReadonlySet<string> = new Set([
  'DELETE /api/auth/second-factor',
  'POST /api/auth/login',
  'POST /api/auth/logout',
  'POST /api/auth/logout-all',
  'POST /api/auth/password/change',
  'POST /api/auth/password/forgot',
  'POST /api/auth/password/reset',
  'POST /api/auth/refresh',
  'POST /api/auth/register',
  'POST /api/auth/second-factor',
  'POST /api/auth/second-factor/confirm',
  'POST /api/auth/second-factor/recovery-codes',
  'POST /api/auth/socket-ticket',
  'POST /api/auth/verify-email',
  'POST /api/auth/verify-email/resend',
  'POST /api/policy/explain',
]);
