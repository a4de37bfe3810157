import { describeActions, type ActionSentence, type EntryWords } from '../../audit/descriptions/action-sentences.js';

type Clause = (words: EntryWords) => string;
type Clauses = Readonly<Record<string, Clause>>;

const NOTHING = 'nothing';
const LIST = new Intl.ListFormat('en-GB');
/** Fields that never lack a value: their clause describes each change, those of others the first value. */
const ALWAYS_SET = new Set(['overall_status', 'access', 'planned_date', 'monitor_id', 'study_id']);

const inWords = (code: string): string => code.replaceAll('_', ' ');
/** Adds the type to a name; one that is hidden has it already, as in `task 7`. */
const named = (type: string, value: string): string => (value.startsWith('"') ? `${type} ${value}` : value);
const on =
  (verb: string, field: string): Clause =>
  ({ record, after }) =>
    `${verb} ${record} on ${after(field)}`;

/** Describes a field by its clause or, where it has none or was corrected or cleared, in general words. */
function clauseOf(words: EntryWords, field: string, clauses: Clauses): string {
  const [before, after] = [words.before(field), words.after(field)];
  const label = `the ${inWords(field)} of ${words.record}`;
  if (after === NOTHING) return `cleared ${label}, which was ${before}`;
  const clause = before === NOTHING || ALWAYS_SET.has(field) ? clauses[field] : undefined;
  if (clause) return clause(words);
  return before === NOTHING ? `set ${label} to ${after}` : `changed ${label} from ${before} to ${after}`;
}

/** Describes the changed fields in the order of their clauses, then others; not those that stand in the clause of another. */
const changes =
  (clauses: Clauses, isPart: (field: string, words: EntryWords) => boolean = () => false): ActionSentence =>
  (words) => {
    const known = Object.keys(clauses).filter((field) => words.changed(field));
    const others = words.fields.filter((field) => !(field in clauses) && !isPart(field, words));
    const fields = [...known, ...others];
    return `${words.actor} ${LIST.format(fields.map((field) => clauseOf(words, field, clauses)))}`;
  };

const withReason =
  (verb: string): ActionSentence =>
  ({ actor, record, reason }) =>
    `${actor} ${verb} ${record} (reason: ${reason})`;

/** Returns the study, and the site, of a membership or link. */
function placeOf(value: (field: string) => string): string {
  const site = value('site_id');
  return `${named('study', value('study_id'))}${site === NOTHING ? '' : `, ${named('study site', site)}`}`;
}

const firstOf = (field: string, words: EntryWords): boolean =>
  words.changed(field) && words.before(field) === NOTHING && words.after(field) !== NOTHING;

describeActions({
  'study.locked': withReason('locked'),
  'study.unlocked': withReason('unlocked'),
  'study.updated': changes(
    {
      overall_status: (words) =>
        `moved ${words.record} from ${inWords(words.before('overall_status'))} to ${inWords(words.after('overall_status'))}` +
        (firstOf('why_stopped', words) ? ` (${words.after('why_stopped')})` : ''),
      access: ({ record, after }) =>
        after('access') === 'members' ? `restricted ${record} to its members` : `opened ${record} to everyone`,
    },
    (field, words) => field === 'why_stopped' && words.changed('overall_status') && firstOf(field, words),
  ),
  'study_site.updated': changes({
    selected_on: on('selected', 'selected_on'),
    initiated_on: on('initiated', 'initiated_on'),
    activated_on: on('activated', 'activated_on'),
    closed_on: on('closed', 'closed_on'),
  }),
  'study_member.created': ({ actor, after }) =>
    `${actor} made ${after('user_id')} ${inWords(after('role'))} of ${placeOf(after)} from ${after('start_date')}` +
    (after('end_date') === NOTHING ? '' : ` to ${after('end_date')}`),
  'study_member.updated': changes({
    end_date: ({ record, after }) => `ended the membership of ${record} on ${after('end_date')}`,
  }),
  'monitoring_visit.updated': changes({
    planned_date: ({ record, before, after }) =>
      `moved ${record} from ${before('planned_date')} to ${after('planned_date')}`,
    confirmed_on: on('confirmed', 'confirmed_on'),
    started_on: on('started', 'started_on'),
    ended_on: on('ended', 'ended_on'),
    report_completed_on: on('completed the report of', 'report_completed_on'),
    report_approved_on: on('approved the report of', 'report_approved_on'),
    monitor_id: ({ record, before, after }) =>
      `handed ${record} from ${before('monitor_id')} to ${after('monitor_id')}`,
  }),
  'protocol_deviation.updated': changes(
    {
      reported_on: on('reported', 'reported_on'),
      resolved_on: (words) =>
        on('resolved', 'resolved_on')(words) + (firstOf('resolution', words) ? `: ${words.after('resolution')}` : ''),
    },
    (field, words) => field === 'resolution' && firstOf(field, words) && firstOf('resolved_on', words),
  ),
  'study_task_link.created': ({ actor, after }) =>
    `${actor} linked ${named('task', after('task_id'))} to ${placeOf(after)} (${inWords(after('kind'))})`,
  'study_task_link.updated': changes({
    study_id: ({ record, before, after }) =>
      `moved ${record} from ${named('study', before('study_id'))} to ${named('study', after('study_id'))}`,
  }),
  'study_task_link.deleted': ({ actor, before }) =>
    `${actor} removed ${named('task', before('task_id'))} from ${placeOf(before)}`,
});
