import proxyAddress from '@fastify/proxy-addr';
import { z } from 'zod';

const TRUE = ['true', '1', 'yes', 'on'] as const;
const FALSE = ['false', '0', 'no', 'off'] as const;

/** Boolean, in any case: configurations of Python say `True`. */
export const flag = z
  .string()
  .toLowerCase()
  .trim()
  .pipe(z.enum([...TRUE, ...FALSE], 'must be true or false'))
  .transform((value) => TRUE.some((text) => text === value));

/** Comma-separated items. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** Decimal digits only: `Number` reads a blank as 0, and takes `1e1` and `0x10`. */
export const integer = (min: number, max: number) => numeric(/^-?\d+$/, 'must be a whole number', min, max);

/** Decimal fraction, such as `0.25`. */
export const decimal = (min: number, max: number) =>
  numeric(/^-?(?:\d+(?:\.\d+)?|\.\d+)$/, 'must be a number like 0.25', min, max);

const numeric = (form: RegExp, message: string, min: number, max: number) =>
  z.string().trim().regex(form, message).transform(Number).pipe(z.number().min(min).max(max));

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Names of Python's logging, which configurations of the replaced systems use. */
const PYTHON_LEVELS: Readonly<Record<string, string>> = { warning: 'warn', critical: 'fatal' };

export const logLevel = z
  .string()
  .toLowerCase()
  .trim()
  .transform((level) => PYTHON_LEVELS[level] ?? level)
  .pipe(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`));

const UNDECODABLE = 'has a % that begins no percent-encoding: write %25 for it';

/** A driver in the scheme, as of SQLAlchemy (`postgresql+asyncpg://`), is dropped. */
export const databaseUrl = z
  .string()
  .transform((value) => value.replace(/^(postgres(?:ql)?)\+\w+:/, '$1:'))
  .pipe(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must look like postgres://user:password@host:5432/database')
      .refine((value) => URL.canParse(value), 'is not a valid URL')
      .refine(isDecodable, UNDECODABLE),
  );

export const redisUrl = z
  .string()
  .regex(/^rediss?:\/\/[^/?#]/, 'must look like redis://host:6379 or rediss://user:password@host:6379/0')
  .refine((value) => URL.canParse(value), 'is not a valid URL')
  .refine(isDecodable, UNDECODABLE)
  .refine((value) => !URL.canParse(value) || /^\/?\d*$/.test(new URL(value).pathname), 'must end with a number, as /0');

/** True where every part of a URL can be decoded, as drivers do; what is no URL is reported by another rule. */
function isDecodable(value: string): boolean {
  if (!URL.canParse(value)) return true;
  const { username, password, hostname, pathname } = new URL(value);
  try {
    for (const part of [username, password, hostname, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** Addresses and ranges, and the names `loopback`, `linklocal` and `uniquelocal`, as Fastify takes them. */
export const proxies = list.refine(
  (items) => items.every(isProxy),
  'must be addresses or ranges like 10.0.0.0/8,192.0.2.7, comma-separated; names of hosts are not looked up',
);

function isProxy(item: string): boolean {
  try {
    proxyAddress.compile([item]);
    return true;
  } catch {
    return false;
  }
}
