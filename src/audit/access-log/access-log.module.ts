import { Module } from '@nestjs/common';
import { ReadAccessRecorder } from './read-access.recorder.js';
import { DeniedAccessRecorder } from './denied-access.recorder.js';

/** Audits access rather than changes: denied requests, exports, reads of the audit. */
@Module({
  providers: [ReadAccessRecorder, DeniedAccessRecorder],
  exports: [ReadAccessRecorder, DeniedAccessRecorder],
})
export class AccessLogModule {}
