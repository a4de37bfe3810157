import { Module } from '@nestjs/common';
import { Disclosures } from './read-access.recorder.js';
import { Refusals } from './denied-access.recorder.js';

/** What the trail tells beside changes: refusals, exports, and reads of the audit. */
@Module({
  providers: [Disclosures, Refusals],
  exports: [Disclosures, Refusals],
})
export class WatchModule {}
