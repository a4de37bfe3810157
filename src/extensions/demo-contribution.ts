import { type INestApplicationContext } from '@nestjs/common';
import { type Actor } from '../core/authorization/actor.js';

/** The demo of the product, to which extensions add. */
export interface DemoWorld {
  /** Creates demo data: the manager of the demo, whose changes have the reason `Demo data` in the audit trail. */
  readonly manager: Actor;
  /** Ids of the demo accounts by username: `manager`, `developer`, `auditor`. */
  readonly users: ReadonlyMap<string, number>;
  /** Ids of the demo tasks by title. */
  readonly tasks: ReadonlyMap<string, number>;
  /** Time of the start, from which demo data counts its days. */
  readonly now: Date;
}

/**
 * Adds the demo data of an extension, once, after the product's own: `export const demoData: DemoData = …` beside its module.
 * Writes through services (`app.get(VisitsService, { strict: false })`), so that rules hold and the audit trail has each change.
 * An error is logged with the name of the extension, and the product serves without the rest of its demo.
 */
export type DemoData = (app: INestApplicationContext, world: DemoWorld) => Promise<void>;
