import { Injectable } from '@nestjs/common';
import { Narrowings } from '../../../core/authorization/narrowings.service.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { MembersRepository } from './members.repository.js';

/** Has the facts of `membershipNarrowing` read again. To be called in the work that changes them, not before its commit. */
@Injectable()
export class MembershipFactsService {
  constructor(
    private readonly narrowings: Narrowings,
    private readonly members: MembersRepository,
  ) {}

  membershipChanges(tx: AuditedTransaction, userId: number): void {
    this.narrowings.invalidate(tx, [userId]);
  }

  /** A study opens or closes to every manager. */
  async accessChanges(tx: AuditedTransaction): Promise<void> {
    this.narrowings.invalidate(tx, await this.members.managers(tx));
  }
}
