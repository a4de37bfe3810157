import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type CookieSerializeOptions } from '@fastify/cookie';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Config } from '../config/config.js';
import { type Tokens } from '../sessions/sessions.service.js';
import { type AccessToken } from './auth.dto.js';

const REFRESH = 'refresh_token';
const DEVICE = 'device_id';
const A_YEAR = 365 * 86_400;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The refresh token that came as a cookie. */
export const RefreshCookie = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().cookies[REFRESH],
);

/** The device that came as a cookie, if it is one of ours by its form. */
export const DeviceCookie = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const device = context.switchToHttp().getRequest<FastifyRequest>().cookies[DEVICE];
  return device && UUID.test(device) ? device.toLowerCase() : undefined;
});

/** The documents of the header that `CaptchaAnswer` reads. */
export const CAPTCHA_ANSWER = {
  name: 'X-Captcha-Answer',
  required: false,
  description: 'Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`',
  example: '7',
};

/** The answer to the question that a login was refused with. */
export const CaptchaAnswer = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const answer = context.switchToHttp().getRequest<FastifyRequest>().headers['x-captcha-answer'];
  return typeof answer === 'string' ? answer : undefined;
});

/** Sets the cookies of a session and @returns what the body says. */
export function handOut(reply: FastifyReply, config: Config, { access, refresh, deviceId }: Tokens): AccessToken {
  void reply.setCookie(REFRESH, refresh, { ...options(config), maxAge: config.refreshTokenSeconds });
  void reply.setCookie(DEVICE, deviceId, { ...options(config), maxAge: A_YEAR });
  return { access, token_type: 'bearer' };
}

export function clearCookies(reply: FastifyReply, config: Config): void {
  void reply.clearCookie(REFRESH, options(config)).clearCookie(DEVICE, options(config));
}

/** Sent to the authentication endpoints alone, never shown to scripts. */
function options(config: Config): CookieSerializeOptions {
  return { path: '/api/auth', httpOnly: true, sameSite: 'lax', secure: config.environment !== 'development' };
}
