import { createHmac } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type CookieSerializeOptions } from '@fastify/cookie';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Config } from '../core/config/config.js';
import { type LoginProof } from './login-protection/login-throttle.service.js';
import { type Tokens } from './sessions/sessions.service.js';
import { type AccessToken } from './auth.dto.js';

const REFRESH = 'refresh_token';
const DEVICE = 'device_id';
/** Set at sign-out, when `device_id` is cleared: a stranger's guesses must not keep out who has signed in here before. */
const KNOWN_DEVICE = 'known_device';
/** RFC 6265bis §4.1.3.1; `__Host-` would need the path `/`. */
const SECURE = '__Secure-';
/** Limit of the cookies of one name that are read. */
const MAX_COOKIES = 5;
const A_YEAR = 365 * 86_400;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Key that signs the cookies of devices. */
export const cookieKey = ({ secretKey }: Config): string =>
  createHmac('sha256', secretKey).update('device cookie').digest('base64url');

/**
 * Reads the values of a cookie by either of its names, so that a session survives a change of the setting. There may be
 * several: a cookie that another system set for a longer path is sent first (RFC 6265 §5.4), and parsers keep that one alone.
 */
function cookiesOf({ headers }: FastifyRequest, name: string): string[] {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const named = (full: string) => pairs.filter((pair) => pair.startsWith(`${full}=`)).map(valueOf);
  return [...named(`${SECURE}${name}`), ...named(name)].slice(0, MAX_COOKIES);
}

function valueOf(pair: string): string {
  const value = pair.slice(pair.indexOf('=') + 1).replace(/^"(.*)"$/, '$1');
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Reads the refresh tokens of a request's cookies. */
export const RefreshCookie = createParamDecorator((_: unknown, context: ExecutionContext) =>
  cookiesOf(context.switchToHttp().getRequest<FastifyRequest>(), REFRESH),
);

/** Reads the device of a cookie that this installation has signed; ignores any other cookie. */
export const DeviceCookie = createParamDecorator((_: unknown, context: ExecutionContext) =>
  deviceOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

const deviceOf = (request: FastifyRequest): string | undefined =>
  genuineDevice(request, DEVICE) ?? genuineDevice(request, KNOWN_DEVICE);

function genuineDevice(request: FastifyRequest, name: string): string | undefined {
  const unsigned = cookiesOf(request, name).map((cookie) => request.unsignCookie(cookie));
  return unsigned.find(({ valid, value }) => valid && value && UUID.test(value))?.value ?? undefined;
}

/** Documents the header that `CaptchaAnswer` reads. */
export const CAPTCHA_ANSWER = {
  name: 'X-Captcha-Answer',
  required: false,
  // No example: Swagger UI would send it with each attempt.
  description:
    'Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4`',
};

/** Reads the answer to the captcha of a rejected log-in. */
export const CaptchaAnswer = createParamDecorator((_: unknown, context: ExecutionContext) =>
  answerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

function answerOf({ headers }: FastifyRequest): string | undefined {
  const answer = headers['x-captcha-answer'];
  return typeof answer === 'string' ? answer : undefined;
}

/** Reads from a request what the login protection judges: device cookie and captcha answer. */
export const loginProofOf = (request: FastifyRequest): LoginProof => ({
  device: deviceOf(request),
  answer: answerOf(request),
});

/** Sets the cookies of a session. @returns the body of the answer */
export function setSessionCookies(
  reply: FastifyReply,
  config: Config,
  { access, refresh, deviceId }: Tokens,
): AccessToken {
  setCookie(reply, config, REFRESH, refresh, { maxAge: config.refreshTokenSeconds });
  setCookie(reply, config, DEVICE, deviceId, { maxAge: A_YEAR, signed: true });
  return { access, token_type: 'bearer' };
}

/** @param device stays known by a cookie of its own, independent of any session */
export function clearSessionCookies(reply: FastifyReply, config: Config, device: string | undefined): void {
  for (const name of [REFRESH, DEVICE]) {
    void reply.clearCookie(`${config.cookiePrefix}${name}`, options(config));
    clearOtherName(reply, config, name);
  }
  if (device) setKnownDevice(reply, config, device);
}

export function setKnownDevice(reply: FastifyReply, config: Config, device: string): void {
  setCookie(reply, config, KNOWN_DEVICE, device, { maxAge: A_YEAR, signed: true });
}

function setCookie(
  reply: FastifyReply,
  config: Config,
  name: string,
  value: string,
  more: CookieSerializeOptions,
): void {
  void reply.setCookie(`${config.cookiePrefix}${name}`, value, { ...options(config), ...more });
  clearOtherName(reply, config, name);
}

/** Clears a cookie of the name that is not configured, which would otherwise remain beside the other. */
function clearOtherName(reply: FastifyReply, config: Config, name: string): void {
  const other = `${config.cookiePrefix === '' ? SECURE : ''}${name}`;
  if (reply.request.cookies[other] !== undefined) void reply.clearCookie(other, { ...options(config), secure: true });
}

/** Options of a cookie for the authentication endpoints alone, hidden from scripts. */
function options(config: Config): CookieSerializeOptions {
  return {
    path: '/api/auth',
    httpOnly: true,
    sameSite: 'lax',
    secure: config.environment !== 'development' || config.cookiePrefix !== '',
  };
}
