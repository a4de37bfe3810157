import { type Role } from '../../core/authorization/actor.js';
import { type SeededRandom } from '../../core/seeded-random.js';
import { DEMO_ACCOUNTS } from '../demo-data.js';
import { FAMILY_NAMES, GIVEN_NAMES, ZONES } from './sample-words.js';

const MANAGERS = 0.06;
const AUDITORS = 0.02;

export interface SamplePerson {
  readonly username: string;
  readonly role: Role;
  readonly timeZone: string;
}

/** Returns user names, those of the demo accounts first. */
export function sampleNames(random: SeededRandom, count: number): string[] {
  const pairs = GIVEN_NAMES.flatMap((given) => FAMILY_NAMES.map((family) => `${given}.${family}`));
  const names = random.shuffled(pairs);
  // Each round has another family name appended, as people with two have: digits would look like letters.
  for (let round = 0; names.length < count; round++) {
    const second = FAMILY_NAMES[round % FAMILY_NAMES.length] as string;
    const suffix = `-${second}`.repeat(1 + Math.floor(round / FAMILY_NAMES.length));
    names.push(...random.shuffled(pairs).map((name) => name + suffix));
  }
  return [...DEMO_ACCOUNTS.map(({ username }) => username), ...names].slice(0, count);
}

/** Gives people roles and zones: one of each role at least, most of them developers. @param names of `sampleNames` */
export function samplePeople(random: SeededRandom, names: readonly string[]): SamplePerson[] {
  const more = (share: number) => Math.max(1, Math.round(names.length * share)) - 1;
  const auditorsFrom = more(MANAGERS);
  return names.map((username, i) => {
    const demo = DEMO_ACCOUNTS[i];
    if (demo) return { username, role: demo.role, timeZone: demo.timezone };
    const place = i - DEMO_ACCOUNTS.length;
    const isAuditor = place >= auditorsFrom && place < auditorsFrom + more(AUDITORS);
    const role = place < auditorsFrom ? 'manager' : isAuditor ? 'auditor' : 'developer';
    return { username, role, timeZone: random.pick(ZONES) };
  });
}
