import { type NewDeviation } from '../deviations/deviations.dto.js';
import { type NewMilestone } from '../milestones/milestones.dto.js';
import { type NewMonitoringVisit } from '../monitoring-visits/monitoring-visits.dto.js';
import { type NewSite } from '../sites/sites.dto.js';
import { type NewStudy } from '../studies.dto.js';
import { type FollowUpTemplate } from '../study.facts.js';
import { type NewTaskLink } from '../task-links/task-links.dto.js';
import { type NewTraining } from '../training/trainings.dto.js';

/** Returns the day that is some days after the start, before it for a negative number. */
export type DayOfDemo = (days: number) => string;

/** Sites of the demo by their numbers, which its tasks name. */
export type SiteNumber = '01' | '02' | '04';

/** A record at a site of the demo. */
type AtSite<T> = Omit<T, 'site_id'> & { readonly site: SiteNumber };

export const demoStudy = (day: DayOfDemo): NewStudy => ({
  sponsor_protocol_identifier: 'CT-1042-02',
  full_title: 'A Randomised Trial of Tavolixin Against Placebo in Adults With Stable Angina',
  trial_short_title: 'Tavolixin in Stable Angina',
  trial_acronym: 'ASTER-2',
  trial_phase: 'phase2',
  study_type: 'interventional',
  sponsor_name: 'Northwind Therapeutics',
  overall_status: 'recruiting',
  start_date: { date: day(-112), type: 'actual' },
  primary_completion_date: { date: day(400), type: 'estimated' },
  completion_date: { date: day(520), type: 'estimated' },
  enrollment: { count: 60, type: 'estimated' },
  protocol_version: '2.0',
  approval_date: day(-200),
});

/** Added after the visits of the past, which had none. */
export const FOLLOW_UPS: readonly FollowUpTemplate[] = [
  {
    visit_type: 'interim',
    title: 'Write the monitoring report',
    kind: 'document',
    priority: 'high',
    estimated_hours: '4.00',
    due_days: 10,
  },
  {
    visit_type: 'interim',
    title: 'Close the findings of the monitoring visit',
    kind: 'monitoring',
    priority: 'medium',
    estimated_hours: '6.00',
    due_days: 21,
  },
];

export const demoSites = (day: DayOfDemo): readonly (NewSite & { site_number: SiteNumber })[] => [
  {
    site_number: '01',
    facility: 'St. Elisabeth Hospital',
    city: 'Cologne',
    country: 'Germany',
    time_zone: 'Europe/Berlin',
    status: 'recruiting',
    principal_investigator: 'Dr. Ines Falk',
    target_enrollment: 24,
    selected_on: day(-160),
    initiated_on: day(-118),
    activated_on: day(-112),
    enrollment_report: { as_of: day(-5), screened: 15, enrolled: 11, withdrawn: 1, completed: 2 },
  },
  {
    site_number: '02',
    facility: 'Riverside Clinic',
    city: 'Leeds',
    country: 'United Kingdom',
    time_zone: 'Europe/London',
    status: 'not_yet_recruiting',
    principal_investigator: 'Dr. Amara Cole',
    target_enrollment: 20,
    selected_on: day(-75),
    initiated_on: day(-9),
  },
  {
    site_number: '04',
    facility: 'City Hospital',
    city: 'Pune',
    country: 'India',
    time_zone: 'Asia/Kolkata',
    status: 'not_yet_recruiting',
    principal_investigator: 'Dr. Rohan Desai',
    target_enrollment: 16,
    selected_on: day(-20),
  },
];

export const demoMilestones = (
  day: DayOfDemo,
): readonly (Omit<NewMilestone, 'site_id'> & { readonly site?: SiteNumber })[] => [
  { type: 'protocol_approval', name: 'Protocol 2.0 approved', planned_date: day(-205), actual_date: day(-200) },
  { type: 'first_site_activated', name: 'First site active', planned_date: day(-120), actual_date: day(-112) },
  { type: 'first_participant_in', name: 'First participant in', planned_date: day(-100), actual_date: day(-96) },
  { type: 'other', name: 'Site 02 active', site: '02', planned_date: day(-3) },
  { type: 'last_participant_in', name: 'Last participant in', planned_date: day(240) },
  { type: 'database_lock', name: 'Database lock', planned_date: day(450) },
];

/** Complete, with follow-up, without report, and to come; the last gets its tasks from the templates. */
export const demoVisits = (day: DayOfDemo): readonly AtSite<Omit<NewMonitoringVisit, 'monitor_id'>>[] => [
  { site: '01', type: 'initiation', mode: 'on_site', ...held(day, -118), ...reported(day, -108, -104) },
  { site: '01', type: 'interim', mode: 'on_site', ...held(day, -49), ...reported(day, -41, -38) },
  { site: '02', type: 'initiation', mode: 'on_site', ...held(day, -9) },
  { site: '04', type: 'initiation', mode: 'on_site', planned_date: day(14) },
];

export const demoPlannedVisit = (day: DayOfDemo): AtSite<Omit<NewMonitoringVisit, 'monitor_id'>> => ({
  site: '01',
  type: 'interim',
  mode: 'on_site',
  planned_date: day(12),
});

const held = (day: DayOfDemo, days: number) => ({
  planned_date: day(days),
  confirmed_on: day(days - 7),
  started_on: day(days),
  ended_on: day(days),
});

const reported = (day: DayOfDemo, completed: number, approved: number) => ({
  report_completed_on: day(completed),
  report_approved_on: day(approved),
});

/** Found by the second visit. */
export const demoDeviations = (day: DayOfDemo): readonly AtSite<Omit<NewDeviation, 'monitoring_visit_id'>>[] => [
  {
    site: '01',
    participant_code: '01-007',
    term: 'Visit 3 took place nine days after its window',
    coded_term: 'VISIT OUT OF WINDOW',
    category: 'STUDY PROCEDURE',
    epoch: 'TREATMENT',
    start_date: day(-58),
    end_date: day(-58),
    identified_on: day(-49),
    important: true,
    reported_on: day(-48),
    due_date: day(4),
  },
  {
    site: '01',
    participant_code: '01-003',
    term: 'The consent form was signed in blue pencil',
    coded_term: 'CONSENT FORM NOT COMPLETED CORRECTLY',
    category: 'INFORMED CONSENT',
    epoch: 'SCREENING',
    start_date: day(-88),
    identified_on: day(-49),
    due_date: day(-30),
    resolution: 'The participant signed the form again; the site was trained',
    resolved_on: day(-35),
  },
];

export const demoTrainings = (
  day: DayOfDemo,
): readonly (Omit<NewTraining, 'user_id'> & { readonly username: string })[] => [
  { username: 'developer', course: 'Good clinical practice', completed_on: day(-712), expires_on: day(18) },
  { username: 'developer', course: 'Protocol', protocol_version: '2.0', completed_on: day(-150) },
  { username: 'manager', course: 'Good clinical practice', completed_on: day(-300), expires_on: day(430) },
];

/** Links of the demo's tasks by title; `visit` counts the monitoring visits from 1. */
export const DEMO_LINKS: Readonly<
  Record<string, Pick<NewTaskLink, 'kind'> & { readonly site?: SiteNumber; readonly visit?: number }>
> = {
  'Prepare site 04 for initiation': { site: '04', kind: 'monitoring', visit: 4 },
  'Verify informed consent forms, site 04': { site: '04', kind: 'document' },
  'Collect the delegation log of site 04': { site: '04', kind: 'document' },
  'Reconcile adverse events with the safety database': { kind: 'other' },
  'Answer data queries of visit 3': { site: '01', kind: 'monitoring', visit: 2 },
  'Check the temperature log of the study drug, site 02': { site: '02', kind: 'monitoring' },
  'Code medical history terms, batch 7': { kind: 'other' },
  'Translate the patient leaflet into Marathi': { site: '04', kind: 'document' },
};
