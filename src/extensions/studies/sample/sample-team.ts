import { type SampleContext, type SampleUser } from '../../sample-contribution.js';
import { type Member, type MemberRole } from '../members/member.entity.js';
import { dayOf } from '../records/columns.js';
import { type Site } from '../sites/site.entity.js';

/** People of a study before they are members. */
export interface SampleTeam {
  /** Creates the study. */
  readonly lead: SampleUser;
  readonly managers: readonly SampleUser[];
  /** Developers for the whole study. */
  readonly monitors: readonly SampleUser[];
  /** Developers for one site each. */
  readonly siteStaff: readonly SampleUser[];
}

/** Studies in which a developer works, on average. */
const STUDIES_EACH = 1.7;

/** Chooses the people of a study. @param index of the study: the demo's accounts are in the first */
export function planTeam({ random, users }: SampleContext, index: number, studies: number): SampleTeam {
  const managers = users.filter(({ role }) => role === 'manager');
  const developers = users.filter(({ role }) => role === 'developer');
  const lead = index === 0 ? (managers[0] as SampleUser) : random.pick(managers);
  const others = random.shuffled(managers.filter(({ id }) => id !== lead.id));
  const count = Math.min(developers.length, Math.max(6, Math.ceil((developers.length * STUDIES_EACH) / studies)));
  const drawn = random.shuffled(developers).slice(0, count);
  const team = index === 0 ? [...new Set([developers[0] as SampleUser, ...drawn])] : drawn;
  const half = Math.ceil(team.length * 0.6);
  return {
    lead,
    managers: [lead, ...others.slice(0, Math.ceil(managers.length / 3) - 1)],
    monitors: team.slice(0, half),
    siteStaff: team.slice(half),
  };
}

export interface PlannedMember {
  readonly user: SampleUser;
  readonly role: MemberRole;
  readonly site: Site | null;
}

/** Gives everyone but the lead a role. */
export function planMembers({ random }: SampleContext, team: SampleTeam, sites: readonly Site[]): PlannedMember[] {
  const roles: readonly MemberRole[] = ['study_coordinator', 'sub_investigator', 'quality'];
  return [
    ...team.managers.slice(1).map((user) => ({ user, role: 'project_manager', site: null }) as const),
    ...team.monitors.map((user) => ({ user, role: 'monitor', site: null }) as const),
    ...team.siteStaff.map((user) => ({ user, role: random.pick(roles), site: random.pick(sites) })),
  ];
}

/** True where one of the memberships is active and for the site, or for the whole study. */
export const isCovered = (members: readonly Member[], userId: number, siteId: number | null, at: Date): boolean =>
  members.some(
    (member) =>
      member.userId === userId &&
      (member.siteId === null || member.siteId === siteId) &&
      member.startDate <= dayOf(at) &&
      (member.endDate === null || member.endDate >= dayOf(at)),
  );
