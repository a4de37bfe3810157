import { Module } from '@nestjs/common';
import { ReadAccessRecorder } from './read-access.recorder.js';
import { DeniedAccessRecorder } from './denied-access.recorder.js';

/** What the trail tells beside changes: refusals, exports, and reads of the audit. */
@Module({
  providers: [ReadAccessRecorder, DeniedAccessRecorder],
  exports: [ReadAccessRecorder, DeniedAccessRecorder],
})
export class AccessLogModule {}
