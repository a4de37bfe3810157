import { type OverallStatus } from './study.facts.js';

/** Payload that every event of a study has; events are published after the commit. */
export interface StudyChanged {
  readonly studyId: number;
  readonly actorId: number | null;
}

export interface StudyStatusChanged extends StudyChanged {
  readonly from: OverallStatus;
  readonly to: OverallStatus;
}

/** A record of a study was created, changed or removed. */
export interface StudyRecordChanged extends StudyChanged {
  /** As in the audit trail, such as `monitoring_visit`. */
  readonly type: string;
  readonly id: number;
}

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    'study.created': StudyChanged;
    'study.status_changed': StudyStatusChanged;
    'study.locked': StudyChanged;
    'study.unlocked': StudyChanged;
    'study.record_created': StudyRecordChanged;
    'study.record_changed': StudyRecordChanged;
    'study.record_removed': StudyRecordChanged;
  }
}
