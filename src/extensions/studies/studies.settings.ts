import { defineSettings } from '../../core/config/extension-settings.js';
import { integer } from '../../core/config/variable-types.js';

export class StudiesSettings extends defineSettings('STUDIES_', {
  /** Days after the end of a monitoring visit from which its report counts as late. */
  REPORT_DUE_DAYS: integer(1, 365).default(14),
  /** Days before the end of a training from which it is reminded of; from the 30th on, it counts as expiring. */
  TRAINING_NOTICE_DAYS: integer(1, 30).default(30),
}) {}
