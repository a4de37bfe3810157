import { type CriticalException, type Role } from '../authorization/actor.js';
import { type ReasonRule } from '../persistence/change-reason.js';
import { type BudgetSettings } from './budgets.js';
import { type Variables } from './config.schema.js';

/** What the product was configured with: typed, checked and frozen. Injected by this class. */
export abstract class Config {
  readonly appName: string;
  readonly appVersion: string;
  readonly environment: Variables['ENVIRONMENT'];
  readonly production: boolean;
  /** A warning for each setting whose value keeps existing clients working but is not what production should take. */
  readonly laxSettings: readonly string[];
  /** Addresses to listen on. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Processes that serve, on one port. */
  readonly workers: number;
  /** Addresses or ranges of reverse proxies whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Origins under which clients reach this server; empty: whatever host they name. */
  readonly publicOrigins: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly logLevel: Variables['LOG_LEVEL'];
  readonly secretKey: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** From its login on; no refresh prolongs a session beyond it. */
  readonly sessionLifetimeSeconds: number;
  /** How long the previous refresh token is answered with its successor, for two tabs refreshing at once. */
  readonly refreshGraceSeconds: number;
  readonly maxSessionsPerUser: number;
  readonly sessionLimitPolicy: Variables['SESSION_LIMIT_POLICY'];
  /** Before the names of cookies: empty, or `__Secure-`, which has browsers refuse them from any page that is not HTTPS. */
  readonly cookiePrefix: '' | '__Secure-';
  /** Status of a failed login or refresh: 401, or 400 for clients whose 401 interceptor catches those two calls. */
  readonly credentialFailureStatus: number;
  /** After `limit` failed logins within the window whoever they count against is challenged; after `perDay` on an account, refused. */
  readonly loginFailures: { readonly limit: number; readonly windowMs: number; readonly perDay: number };
  readonly verificationTokenSeconds: number;
  /** After so long, a sign-up whose address was not verified is deleted. */
  readonly pendingAccountSeconds: number;
  /** Where the password of a new account is chosen: at sign-up, or behind the link that confirms its address. */
  readonly signUpPassword: Variables['SIGN_UP_PASSWORD'];
  /** Whether a zone given at sign-up is used only once a manager has confirmed it. */
  readonly confirmSignUpTimeZone: boolean;
  readonly exposeVerificationToken: boolean;
  readonly passwordResetSeconds: number;
  /** Changes that need the current password: of one's own address, of other users. */
  readonly passwordConfirmationFor: Variables['PASSWORD_CONFIRMATION_FOR'];
  /** Roles that may do nothing but set up a second factor until they have one. */
  readonly secondFactorRequiredFor: readonly Role[];
  readonly bcryptCost: number;
  /** Local hours [start, end) in which developers work. */
  readonly workingHours: { readonly start: number; readonly end: number };
  /** Which critical tasks a developer may work on outside working hours, and how. */
  readonly criticalException: CriticalException;
  /** Needed to read the metrics, as a bearer token; undefined where anyone may. */
  readonly metricsToken: string | undefined;
  /** A port of their own for the metrics, which then are not on the port of the API. */
  readonly metricsPort: number | undefined;
  /** Whether Swagger UI, Redoc and the OpenAPI document are served. */
  readonly docsEnabled: boolean;
  /** What is not done without a reason; empty where none is required. */
  readonly reasonRules: readonly ReasonRule[];
  /** Who appoints auditors: each manager, or only the command `user:create`. */
  readonly appointsAuditors: Variables['AUDITOR_APPOINTMENT'];
  /** How long the request of a redaction is sealed before values go; undefined: as the database was told last. */
  readonly redactionDelayHours: number | undefined;
  /** Nobody takes part in a redaction within so many hours of their appointment. */
  readonly redactionAppointmentHours: number;
  /** Undefined: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Of the role that migrates, where it is another one than that which serves. */
  readonly databaseOwnerUrl: string | undefined;
  /** Past a pooler, for the connection that listens; undefined where there is none. */
  readonly databaseDirectUrl: string | undefined;
  readonly databasePoolSize: number;
  readonly databaseTimeoutMs: number;
  readonly dataDir: string;
  readonly runMigrations: boolean;
  readonly demoData: boolean;
  /** Whether this replica works on jobs; requests are served either way. */
  readonly jobsEnabled: boolean;
  /** After so long a job counts as abandoned and is taken over. */
  readonly jobTimeoutSeconds: number;
  /** Whether a WebSocket may be opened with an access token in its address, besides tickets. */
  readonly webSocketTokenInUrl: boolean;
  /** How often an open socket is asked whether its client is still there. */
  readonly webSocketPingSeconds: number;
  /** `console`: mail is printed instead of sent. */
  readonly emailBackend: Variables['EMAIL_BACKEND'];
  /** `Name <address>` or an address. */
  readonly emailFrom: string;
  readonly smtp: SmtpConfig;
  /** Where links in mails lead, without a slash at its end. */
  readonly frontendUrl: string;
  /** How long notifications are kept after they were read. */
  readonly notificationRetentionDays: number;
  readonly requestLogQueue: number;
  /** What one user or address may fill of the request log in an hour with the bodies of its requests. */
  readonly requestLogBytesPerHour: number;
  /** Ed25519: 32 bytes in base64, or PKCS #8 in PEM. */
  readonly auditSigningKey: string;
  /** The name of the log that the audit trail is, in its checkpoints. */
  readonly auditOrigin: string;
  readonly auditSealSeconds: number;
  readonly auditCheckpointFile: string | undefined;
  readonly auditCheckpointWebhook: string | undefined;
  /** Where each redaction is appended, as a line of the list that repeats them after a restore. */
  readonly auditRedactionFile: string | undefined;
  readonly auditRedactionWebhook: string | undefined;
  /** A checkpoint leaves the host at most so often. */
  readonly auditCheckpointMinutes: number;
  /** Requests a minute: of a user, unless `roles` says otherwise; of an address where nobody is signed in. */
  readonly rateLimits: {
    readonly enabled: boolean;
    readonly perMinute: number;
    readonly roles: Readonly<Partial<Record<Role, number>>>;
    readonly publicPerMinute: number;
  };
  /** A client that takes less than 64 KiB of a waiting answer within so long is cut off. */
  readonly slowReaderSeconds: number;
  /** Figures of budgets that differ from `BUDGETS` in `core/config/budgets.ts`, by `name.share` or `name.process`. */
  readonly budgets: BudgetSettings;
  /** Undefined: what is shared by replicas otherwise is kept in memory. */
  readonly redisUrl: string | undefined;
}

interface SmtpConfig {
  readonly host: string | undefined;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Implicit TLS on port 465, else STARTTLS or nothing; false: never. */
  readonly tls: boolean;
}
