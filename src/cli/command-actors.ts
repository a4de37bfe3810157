import { type INestApplicationContext } from '@nestjs/common';
import { systemPrincipal, type Actor } from '../core/authorization/actor.js';
import { Narrowings } from '../core/authorization/narrowings.service.js';
import { WorkingCalendar } from '../core/authorization/working-calendar.js';
import { Clock } from '../core/clock.js';
import { Config } from '../core/config/config.js';
import { Database } from '../infrastructure/database/database.js';
import { UsersRepository } from '../users/users.repository.js';
import { type User } from '../users/user.entity.js';

/** Makes the users on whose behalf commands work: with their role, hours and restrictions, but without a session. */
export class CommandActors {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly command: string,
  ) {}

  /** @throws Error where there is no such active user or, without a name, no single manager */
  async named(username: string | undefined): Promise<Actor> {
    const users = this.app.get(UsersRepository, { strict: false });
    const user = username === undefined ? await users.findOnlyManager() : await users.findByName(username);
    if (user?.isActive) return this.actorOf(user);
    throw new Error(
      username === undefined
        ? 'There is no manager, or more than one: name the user with --as'
        : `There is no active user ${username}`,
    );
  }

  private async actorOf({ id, username, role, timeZone }: User): Promise<Actor> {
    const now = this.app.get(Clock).now();
    const { query } = this.app.get(Database);
    const facts = await this.app.get(Narrowings).factsOf(query, id);
    return {
      ...systemPrincipal(this.command),
      id,
      username,
      role,
      timeZone,
      sessionId: 0,
      now,
      criticalException: this.app.get(Config).criticalException,
      atWork: this.app.get(WorkingCalendar).isOpen(timeZone, now),
      narrowings: facts.activate({ id, role, now }),
    };
  }
}
