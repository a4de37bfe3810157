import sql from 'sql-template-tag';
import { quotedText } from '../../../core/quoted-text.js';
import { notificationKind } from '../../../notifications/notification-kinds.sql.js';
import { recordVisibility } from '../records/study-access.sql.js';

/** The study, and the site, that a reminder names. */
interface Place {
  /** Protocol identifier of the study. */
  readonly study: string;
  readonly siteNumber: string | null;
  readonly facility: string;
}

interface LateReport extends Place {
  readonly visitType: string;
  readonly endedOn: string;
}

interface OverdueDeviation extends Place {
  readonly term: string;
  readonly dueDate: string;
}

interface EndingTraining {
  readonly study: string;
  readonly course: string;
  readonly username: string;
  readonly expiresOn: string;
  readonly isExpired: boolean;
}

const MAX_TERM = 200;

const siteLabel = ({ siteNumber, facility }: Place): string =>
  siteNumber === null ? `site ${quotedText(facility)}` : `site ${quotedText(siteNumber)} (${quotedText(facility)})`;

const humanize = (code: string): string => code.replaceAll('_', ' ');

/** A monitoring visit ended some time ago, and its report is not completed. */
export const lateReport = notificationKind<LateReport>({
  type: 'monitoring_report_overdue',
  message: ({ study, visitType, endedOn, ...place }) =>
    `The report of the ${humanize(visitType)} monitoring visit at ${siteLabel(place as Place)}, which ended on ${endedOn}, ` +
    `is not completed (study ${quotedText(study)})`,
  visible: recordVisibility('monitoring_visits', sql`r.site_id`),
});

/** The due date of a deviation has passed. */
export const overdueDeviation = notificationKind<OverdueDeviation>({
  type: 'deviation_overdue',
  message: ({ study, term, dueDate, ...place }) =>
    `The deviation ${quotedText(shortened(term))} at ${siteLabel(place as Place)} was due on ${dueDate} ` +
    `and is not resolved (study ${quotedText(study)})`,
  visible: recordVisibility('protocol_deviations', sql`r.site_id`),
});

/** A training ends soon, or has ended. It is of the whole study, but for its own user, who may be a member for a site. */
export const endingTraining = notificationKind<EndingTraining>({
  type: 'training_expiring',
  message: ({ study, course, username, expiresOn, isExpired }) =>
    `The training ${quotedText(course)} of ${username} ${isExpired ? 'expired' : 'expires'} on ${expiresOn} ` +
    `(study ${quotedText(study)})`,
  visible: recordVisibility('study_trainings', ({ userId }) => sql`CASE WHEN r.user_id = ${userId} THEN m.site_id END`),
});

const shortened = (text: string): string =>
  text.length > MAX_TERM ? `${text.slice(0, MAX_TERM).toWellFormed()}…` : text;
