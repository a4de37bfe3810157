import { isStopped } from '../../study.facts.js';
import { type JsonReader } from '../json-reader.js';
import { type JsonObject, type StudyFields } from '../study-record.js';
import { codingsOf, conceptText, dateFields, identifierFields, nameOf } from './common-reader.js';
import { phaseOf, statusExtension, studyTypeIn, type StudyContext } from './common-reader.js';
import { R5_STATES } from './statuses.js';

/** Members of a ResearchStudy of R5 that fields are read from; those of the others are extensions. */
export const R5_MEMBERS: Readonly<Partial<Record<keyof StudyFields, string>>> = {
  sponsor_protocol_identifier: 'identifier',
  nct_number: 'identifier',
  identifiers: 'identifier',
  full_title: 'title',
  trial_short_title: 'label',
  trial_acronym: 'label',
  trial_phase: 'phase',
  study_type: 'studyDesign',
  sponsor_name: 'associatedParty',
  overall_status: 'progressStatus',
  why_stopped: 'whyStopped',
  start_date: 'period',
  completion_date: 'period',
  enrollment: 'recruitment',
  protocol_version: 'version',
  approval_date: 'date',
};

/** Codes of `associatedParty.role` that name the sponsor, the foremost first. */
export const SPONSOR_ROLES = ['lead-sponsor', 'sponsor', 'sponsor-investigator'];

/** Reads the fields of a ResearchStudy of FHIR R5. */
export function r5Fields(context: StudyContext): Partial<StudyFields> {
  const { study } = context;
  const title = study.text('title') ?? labelOf(study, 'official') ?? labelOf(study, 'primary');
  const status = statusOf(context);
  const stopped = status !== null && isStopped(status);
  const approval = /^\d{4}-\d{2}-\d{2}/.exec(study.code('date') ?? '')?.[0];
  return {
    ...identifierFields(study),
    ...(title !== null && { full_title: title }),
    trial_short_title: labelOf(study, 'short-title'),
    trial_acronym: labelOf(study, 'acronym'),
    trial_phase: phaseOf(study),
    ...studyTypeIn(study.objects('studyDesign') ?? []),
    sponsor_name: sponsorOf(context),
    ...(status !== null && {
      overall_status: status,
      why_stopped: stopped ? conceptText(study.object('whyStopped')) : null,
    }),
    ...dateFields(study),
    ...enrollmentOf(study),
    protocol_version: study.text('version'),
    ...(approval && { approval_date: approval }),
  };
}

/** True for a concept that has a code. */
const hasCode = (concept: JsonReader, code: string): boolean =>
  codingsOf(concept).some((coding) => coding.code === code);

function labelOf(study: JsonReader, type: string): string | null {
  const labels = study.objects('label') ?? [];
  return labels.find((label) => hasCode(label.object('type'), type))?.text('value') ?? null;
}

/** The last state that was reached counts. The extension carries what R5 has no state for. */
function statusOf({ study, located }: StudyContext): StudyFields['overall_status'] | null {
  const refined = statusExtension(study);
  if (refined === 'unknown') return refined;
  const given = located.value.progressStatus as readonly JsonObject[] | undefined;
  const states = (study.objects('progressStatus') ?? []).flatMap((progress, index) => {
    const code = codingsOf(progress.object('state')).find((coding) => coding.code !== null)?.code ?? '';
    if (code === 'overall-study') return [];
    if (!Object.hasOwn(R5_STATES, code)) progress.fault('state', 'is_in', `must be one of ${KNOWN}`);
    return [{ code, planned: given?.[index]?.actual === false, start: progress.object('period').code('start') }];
  });
  const reached = states.filter(({ planned }) => !planned);
  const dated = reached.every(({ start }) => start !== null);
  const last = dated ? reached.toSorted((a, b) => ((a.start ?? '') < (b.start ?? '') ? -1 : 1)).at(-1) : reached.at(-1);
  return last ? (R5_STATES[last.code] ?? null) : null;
}

const KNOWN = Object.keys(R5_STATES).join(', ');

function sponsorOf(context: StudyContext): string | null {
  const parties = context.study.objects('associatedParty') ?? [];
  for (const role of SPONSOR_ROLES) {
    const party = parties.find((candidate) => hasCode(candidate.object('role'), role));
    if (party) return party.text('name') ?? nameOf(party.object('party'), context);
  }
  return null;
}

function enrollmentOf(study: JsonReader): Partial<StudyFields> {
  const recruitment = study.object('recruitment');
  const [actual, target] = [recruitment.number('actualNumber'), recruitment.number('targetNumber')];
  const count = actual ?? target;
  return count === null ? {} : { enrollment: { count, type: actual === null ? 'estimated' : 'actual' } };
}
