import { Injectable, Logger } from '@nestjs/common';
import { type Principal } from '../../core/authorization/actor.js';
import { sitePrefixOf } from '../../core/http/client-network.js';
import { RateBudgets } from '../rate-limiting/rate-budgets.js';

/**
 * Bounds the number of mails: requested by one network, of one kind to one mailbox, and sent by one process. Has no
 * effect where rate limits are off.
 */
@Injectable()
export class MailBudget {
  private readonly logger = new Logger('Mail');

  constructor(private readonly rates: RateBudgets) {}

  /**
   * Counts a request that may lead to a mail, whichever address it names, so that the rejection reveals nothing about
   * an account.
   *
   * @throws Problem 429
   */
  async assertNetwork({ requestContext }: Principal): Promise<void> {
    await this.rates.spend('mails_from_network', sitePrefixOf(requestContext.ip ?? ''));
  }

  /**
   * Counts a mail. Call it before invalidating an earlier mail, as a new token does: a rejected request leaves the
   * earlier link valid. Kinds count separately, so that no one hides one by a flood of another.
   *
   * @param mailbox its address, or the user who owns it
   * @returns true where there is room
   */
  async hasRoom(kind: string, mailbox: string | { readonly userId: number }): Promise<boolean> {
    const holder = typeof mailbox === 'string' ? mailbox.toLowerCase() : `user ${mailbox.userId}`;
    const { exceeded } = await this.rates.trySpend('mails_to_mailbox', `${kind} ${holder}`);
    if (!exceeded) return true;
    this.rates.countRefusal('mails_to_mailbox', 'share');
    this.logger.warn({ msg: 'A mail was left out: too many of its kind went to this mailbox', kind });
    return false;
  }

  /** Counts a mail before it is sent. @returns 0 where this process may send it now, else the seconds until it may */
  secondsUntilRoom(): number {
    const { exceeded, seconds } = this.rates.trySpendProcess('mails_to_mailbox');
    return exceeded ? seconds : 0;
  }
}
