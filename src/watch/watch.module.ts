import { Module } from '@nestjs/common';
import { Disclosures } from './disclosures.js';
import { Refusals } from './refusals.js';

/** What the trail tells beside changes: refusals, exports, and reads of the audit. */
@Module({
  providers: [Disclosures, Refusals],
  exports: [Disclosures, Refusals],
})
export class WatchModule {}
