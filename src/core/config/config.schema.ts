import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { ROLES, type Role } from '../authorization/actor.js';
import { CONFIRMABLE } from '../authorization/change-confirmation.js';
import { normalOrigin } from '../http/origin-forms.js';
import { isReasonRule } from '../persistence/change-reason.js';
import { isBudgetSetting, type BudgetSettings } from './budgets.js';
import { collectorUrl, keyValues, TRACE_SAMPLERS } from './tracing-variables.js';
import { databaseUrl, decimal, flag, integer, list, logLevel, proxies, redisUrl } from './variable-types.js';

/** `Name <address>` or an address. */
const SENDER = /^(?:[^<>\r\n]*<[^\s<>@"]+@[^\s<>@"]+>|[^\s<>@"]+@[^\s<>@"]+)$/;
const isPageUrl = (value: string) => /^https?:\/\/[^?#\s]+$/.test(value) && URL.canParse(value);
const PER_ROLE = new RegExp(`^(${ROLES.join('|')})=([1-9]\\d{0,6})$`);
const perRole = list
  .refine((pairs) => pairs.every((pair) => PER_ROLE.test(pair)), 'must be like manager=1200,auditor=1200')
  .transform((pairs): Partial<Record<Role, number>> => {
    const limits = pairs.map((pair) => pair.split('='));
    return Object.fromEntries(limits.map(([role, limit]) => [role, Number(limit)]));
  });
const budgets = list
  .refine((items) => items.every(isBudgetSetting), 'must be like long_reads.share=3,frames.share=300')
  .transform((items): BudgetSettings => {
    const pairs = items.map((item) => item.split('='));
    return Object.fromEntries(pairs.map(([name, figure]) => [name, Number(figure)]));
  });
export const DEFAULT_RATE_LIMIT = 600;
const webhook = z.string().refine(isWebhook, 'must be an http or https URL without credentials');

/** True without credentials, with which `fetch` would throw. */
function isWebhook(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** Line feeds may be written as `\n`, since many tools take only one line. */
const signingKey = z.string().transform((value, context) => {
  const key = value.replaceAll('\\n', '\n');
  if (!isEd25519PrivateKey(key))
    context.addIssue('must be an Ed25519 private key: its 32 bytes in base64, or PKCS #8 in PEM');
  return key;
});
const ED25519_KEY_BYTES = 32;

function isEd25519PrivateKey(key: string): boolean {
  if (!key.includes('-----BEGIN')) return Buffer.from(key, 'base64').length === ED25519_KEY_BYTES;
  try {
    return createPrivateKey(key).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

const isOrigin = (value: string) => normalOrigin(value) !== undefined;
const normalized = (origins: string[]) => origins.map((origin) => normalOrigin(origin) ?? origin);

/**
 * Names `user.role` rather than the action `user.role_changed`: one request may change more of a user than its action
 * says.
 */
const DEFAULT_REASON_RULES = [
  'task.deleted',
  'user.role',
  'user.disabled',
  'entry.redacted',
  ...['status', 'deadline', 'estimated_hours', 'actual_hours'].map((field) => `task.${field}[status=completed]`),
];

/** Declares every environment variable with its default. A test compares `.env.example` with this list. */
export const variables = z.object({
  APP_NAME: z.string().min(1).default('CTMS'),
  APP_VERSION: z.string().min(1).default('1.0.0'),
  ENVIRONMENT: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().min(1).optional(),
  PORT: integer(0, 65535).default(8000),
  WORKERS: integer(1, 256).default(1),
  WORKER_HANG_SECONDS: integer(0, 3600).default(30),
  TRUSTED_PROXIES: proxies.default([]),
  PUBLIC_ORIGINS: list
    .refine((origins) => origins.every(isOrigin), 'must be origins like https://ctms.example.org, comma-separated')
    .transform(normalized)
    .default([]),
  ALLOWED_ORIGINS: list
    .refine((origins) => origins.every(isOrigin), 'must be origins like https://app.example.org, comma-separated')
    .transform(normalized)
    .optional(),
  LOG_LEVEL: logLevel.default('info'),
  SECRET_KEY: z.string().optional(),
  ACCESS_TOKEN_EXPIRE_MINUTES: integer(1, 24 * 60).default(20),
  REFRESH_TOKEN_EXPIRE_DAYS: integer(1, 90).default(3),
  REFRESH_GRACE_SECONDS: integer(0, 60).default(10),
  SESSION_LIFETIME_DAYS: integer(1, 3650).default(7),
  MAX_SESSIONS_PER_USER: integer(1, 100).default(3),
  SESSION_LIMIT_POLICY: z.enum(['end_oldest', 'refuse']).default('end_oldest'),
  SECURE_COOKIE_PREFIX: flag.default(false),
  CREDENTIAL_FAILURE_STATUS: z.enum(['400', '401']).default('401').transform(Number),
  LOGIN_FAILURES_BEFORE_CHALLENGE: integer(1, 1000).default(5),
  LOGIN_FAILURE_WINDOW_MINUTES: integer(1, 24 * 60).default(10),
  LOGIN_FAILURES_PER_DAY: integer(10, 1_000_000).default(100),
  VERIFICATION_TOKEN_EXPIRE_HOURS: integer(1, 24 * 30).default(24),
  PENDING_ACCOUNT_DAYS: integer(1, 3650).default(7),
  SIGN_UP_PASSWORD: z.enum(['registration', 'confirmation']).default('registration'),
  CONFIRM_SIGN_UP_TIMEZONE: flag.default(false),
  EXPOSE_VERIFICATION_TOKEN: flag.optional(),
  PASSWORD_RESET_EXPIRE_MINUTES: integer(1, 24 * 60).default(60),
  PASSWORD_CONFIRMATION_FOR: list.pipe(z.array(z.enum(CONFIRMABLE))).default([]),
  SECOND_FACTOR_REQUIRED_FOR: list.pipe(z.array(z.enum(ROLES))).default([]),
  BCRYPT_COST: integer(4, 16).default(12),
  WORKING_HOURS_START: integer(0, 23).default(9),
  WORKING_HOURS_END: integer(1, 24).default(18),
  CRITICAL_GIVEN_BY: z.enum(['anyone', 'manager']).default('anyone'),
  CRITICAL_COVERS: z.enum(['all', 'changes']).default('all'),
  METRICS_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
  METRICS_PORT: integer(1, 65535).optional(),
  DOCS_ENABLED: flag.default(true),
  AUDIT_REASON_REQUIRED: flag.default(false),
  AUDIT_REASON_FOR: list
    .refine((items) => items.every(isReasonRule), 'must be like task.deleted,task.deadline[status=completed]')
    .default(DEFAULT_REASON_RULES),
  AUDITOR_APPOINTMENT: z.enum(['manager', 'command']).default('manager'),
  REDACTION_DELAY_HOURS: integer(0, 24 * 365).optional(),
  REDACTION_APPOINTMENT_HOURS: integer(0, 24 * 365).default(0),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_OWNER_URL: databaseUrl.optional(),
  DATABASE_DIRECT_URL: databaseUrl.optional(),
  DATABASE_POOL_SIZE: integer(1, 500).default(10),
  DATABASE_TIMEOUT_SECONDS: integer(1, 3600).default(30),
  DATA_DIR: z.string().min(1).default('./.data'),
  RUN_MIGRATIONS: flag.default(true),
  DEMO_DATA: flag.optional(),
  JOBS_ENABLED: flag.default(true),
  JOB_TIMEOUT_SECONDS: integer(1, 3600).default(60),
  WEBSOCKET_TOKEN_IN_URL: flag.default(true),
  WEBSOCKET_PING_SECONDS: integer(1, 3600).default(30),
  EMAIL_BACKEND: z.enum(['console', 'smtp']).default('console'),
  EMAIL_FROM: z.string().regex(SENDER, 'must look like CTMS <ctms@example.org>').default('CTMS <ctms@localhost>'),
  SMTP_HOST: z.string().min(1).optional(),
  SMTP_PORT: integer(1, 65535).default(587),
  SMTP_USER: z.string().optional(),
  SMTP_PASSWORD: z.string().optional(),
  SMTP_TLS: flag.default(true),
  FRONTEND_URL: z.string().refine(isPageUrl, 'must look like https://app.example.org').optional(),
  NOTIFICATION_RETENTION_DAYS: integer(1, 3650).default(30),
  RATE_LIMIT_ENABLED: flag.default(true),
  RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000).default(DEFAULT_RATE_LIMIT),
  RATE_LIMIT_ROLES: perRole.optional(),
  RATE_LIMIT_PUBLIC_PER_MINUTE: integer(1, 1_000_000).default(300),
  SLOW_READER_SECONDS: integer(1, 3600).default(30),
  BUDGETS: budgets.default({}),
  REDIS_URL: redisUrl.optional(),
  AUDIT_SIGNING_KEY: signingKey.optional(),
  AUDIT_ORIGIN: z
    .string()
    .regex(/^[^\s+]{1,255}$/, 'must have no blanks and no +')
    .optional(),
  AUDIT_SEAL_SECONDS: integer(1, 3600).default(1),
  AUDIT_CHECKPOINT_FILE: z.string().min(1).optional(),
  AUDIT_CHECKPOINT_WEBHOOK: webhook.optional(),
  AUDIT_REDACTION_FILE: z.string().min(1).optional(),
  AUDIT_REDACTION_WEBHOOK: webhook.optional(),
  AUDIT_CHECKPOINT_MINUTES: integer(1, 1440).default(10),
  REQUEST_LOG_QUEUE: integer(100, 10_000_000).default(10_000),
  REQUEST_LOG_MIB_PER_HOUR: decimal(0.001, 100_000).default(16),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: keyValues.default({}),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_RESOURCE_ATTRIBUTES: keyValues.default({}),
  OTEL_TRACES_SAMPLER: z.enum(TRACE_SAMPLERS).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: decimal(0, 1).default(1),
});

export type Variables = z.output<typeof variables>;
