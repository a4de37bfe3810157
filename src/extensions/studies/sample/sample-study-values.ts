import { type SeededRandom } from '../../../core/seeded-random.js';
import { dayOf } from '../records/columns.js';
import { type Study } from '../study.entity.js';
import { DAY } from './record-course.js';
import { ACRONYMS, COMPOUNDS, CONDITIONS, SPONSORS } from './sample-words.js';

const PHASES = [
  ['phase2', 'Phase 2'],
  ['phase3', 'Phase 3'],
  ['phase4', 'Phase 4'],
] as const;

/** Every third study is for members. */
const isForMembers = (index: number): boolean => index % 3 === 1;

/** Returns a study as its lead enters it. */
export function studyValues(random: SeededRandom, index: number, at: Date): Partial<Study> {
  const [trialPhase, phase] = random.pick(PHASES);
  const compound = COMPOUNDS[index % COMPOUNDS.length] as string;
  const condition = random.pick(CONDITIONS);
  const name = compound[0]?.toUpperCase() + compound.slice(1);
  const acronym = ACRONYMS[index % ACRONYMS.length] as string;
  const expected = (days: number) =>
    ({ date: dayOf(new Date(at.getTime() + days * DAY)).slice(0, 7), type: 'estimated' }) as const;
  return {
    sponsorProtocolIdentifier: `CT-${2000 + index}-${String(random.integer(1, 4)).padStart(2, '0')}`,
    nctNumber: `NCT99${String(index).padStart(6, '0')}`,
    identifiers: [],
    fullTitle: `A Randomised ${phase} Trial of ${name} Against Placebo in Adults With ${condition}`,
    trialShortTitle: `${name} in ${condition}`,
    trialAcronym: `${acronym}-${1 + Math.floor(index / ACRONYMS.length)}`,
    trialPhase,
    studyType: 'interventional',
    sponsorName: random.pick(SPONSORS),
    overallStatus: 'not_yet_recruiting',
    primaryCompletionDate: expected(500),
    completionDate: expected(640),
    enrollment: { count: 10 * random.integer(8, 60), type: 'estimated' },
    protocolVersion: `${random.integer(1, 3)}.0`,
    access: isForMembers(index) ? 'members' : 'open',
    followUpTemplates: [],
  };
}
