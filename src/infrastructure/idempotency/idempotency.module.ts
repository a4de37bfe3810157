import { Global, Module } from '@nestjs/common';
import { IdempotencyStore } from '../../core/persistence/idempotency-store.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyKeysRetention } from './idempotency-keys.retention.js';

/** The store of `Idempotency-Key`s, which every route that changes something uses. */
@Global()
@Module({
  providers: [
    IdempotencyRepository,
    IdempotencyKeysRetention,
    { provide: IdempotencyStore, useExisting: IdempotencyRepository },
  ],
  exports: [IdempotencyRepository, IdempotencyStore],
})
export class IdempotencyModule {}
