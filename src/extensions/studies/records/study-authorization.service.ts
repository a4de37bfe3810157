import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { denial } from '../../../core/authorization/decision.js';
import { matches, type Policy } from '../../../core/authorization/policy.js';
import { WorkingCalendar } from '../../../core/authorization/working-calendar.js';
import { CoreProblem, type Problem } from '../../../core/http/problem.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { visibleStudies, type StudyAttributes } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { StudyAccessRepository, type JudgedStudy } from './study-access.repository.js';

/** Asserts what an actor may do with records of a study, within the transaction that changes them. */
@Injectable()
export class StudyAuthorizationService {
  constructor(
    private readonly access: StudyAccessRepository,
    private readonly calendar: WorkingCalendar,
  ) {}

  /**
   * @param site of the record; null: it has none; undefined: the study itself
   * @param hidden the problem where the actor sees the study, but not the record
   * @throws Problem 404 `study_not_found` or as `hidden`, 403 with the reason
   */
  async assertAllowed(
    tx: AuditedTransaction,
    actor: Actor,
    rule: Policy<StudyAttributes>,
    studyId: number,
    site: number | null | undefined,
    hidden?: () => Problem,
  ): Promise<JudgedStudy> {
    const study = await this.access.judge(tx, actor, studyId, site);
    if (!study || !matches(study, visibleStudies(actor))) {
      if (!hidden || site === undefined) throw notFound(studyId);
      await this.assertAllowed(tx, actor, visibleStudies, studyId, undefined);
      throw hidden();
    }
    if (!matches(study, rule(actor))) throw this.denied(actor, rule, tx.now, study);
    return study;
  }

  /** As `assertAllowed` for the study itself, before anything is locked: assert it again once it is. */
  async assertAllowedYet(
    tx: AuditedTransaction,
    actor: Actor,
    rule: Policy<StudyAttributes>,
    studyId: number,
  ): Promise<void> {
    const study = await this.access.judgeUnlocked(tx, actor, studyId);
    if (!study || !matches(study, visibleStudies(actor))) throw notFound(studyId);
    if (!matches(study, rule(actor))) throw this.denied(actor, rule, tx.now, study);
  }

  /** As `assertAllowed`, of a study that is not locked. @throws Problem 409 `study_locked` naming who may unlock it */
  async assertChangeable(...given: Parameters<StudyAuthorizationService['assertAllowed']>): Promise<JudgedStudy> {
    const study = await this.assertAllowed(...given);
    if (study.lockedAt) throw await this.lockedProblem(given[0], study.id);
    return study;
  }

  async lockedProblem(tx: AuditedTransaction, studyId: number): Promise<Problem> {
    const unlocked_by = await this.access.unlockersOf(tx, studyId);
    return StudyProblem.study_locked(
      `Study ${studyId} is locked, so its records and tasks do not change; it may be unlocked by ${unlocked_by.join(', ')}`,
      { unlocked_by },
    );
  }

  private denied(actor: Actor, rule: Policy<StudyAttributes>, now: Date, study: StudyAttributes): Problem {
    const refine = (problem: Problem) =>
      problem.code === CoreProblem.not_yours.code
        ? CoreProblem.not_yours(`You may ${rule.title} only where you are a member for it`)
        : problem;
    return denial(rule, actor, this.calendar, now, study, { refine });
  }
}

const notFound = (studyId: number): Problem => StudyProblem.study_not_found(`Study ${studyId} not found`);
