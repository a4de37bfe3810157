import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

export const REFUSES_KEY = 'ctms:refuses-idempotency-key';
export const OMITTED_FROM_REPLAY = 'ctms:omitted-from-replay';
/** In the API documents: why a route takes no key. */
export const REFUSES_KEY_EXTENSION = 'x-no-idempotency-key';

/** Why a route that anyone may call takes no key. */
export const PUBLIC_REFUSES_KEY = 'there is no signed-in user whose key it could be, and its answers may hold secrets';

/**
 * Declares that a route of signed-in users takes no `Idempotency-Key`; all others that change something do. Needed where
 * an answer holds a secret, which must not be stored.
 *
 * @param why in words that end the sentence "This takes no Idempotency-Key: …"
 */
export function NoIdempotencyKey(why: string): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(REFUSES_KEY, why), ApiExtension(REFUSES_KEY_EXTENSION, why));
}

/** Declares members of an answer that are not stored, and so are missing from its replay: secrets that come in some set-ups only. */
export const OmittedFromReplay = (...members: string[]): MethodDecorator => SetMetadata(OMITTED_FROM_REPLAY, members);
