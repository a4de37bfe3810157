import { anActor, as, type TestActor, TestApp } from '../../../test/kit.js';

const STUDY = { full_title: 'A Trial', study_type: 'interventional' };
let count = 0;

interface Answer {
  readonly status: number;
  readonly body: { readonly code: string };
}

/** Status and code of a refusal. */
export const problem = ({ status, body }: Answer) => [status, body.code];

export const idOf = (path: string): number => Number(path.split('/').pop());

/** The product on Monday, 16 November 2026, with a user of each role and a second manager. */
export class StudyWorld {
  private constructor(
    readonly app: TestApp,
    readonly manager: TestActor,
    readonly other: TestActor,
    readonly developer: TestActor,
    readonly auditor: TestActor,
  ) {}

  static async start(): Promise<StudyWorld> {
    const app = await TestApp.start();
    app.clock.set('2026-11-16T10:00:00Z');
    const [manager, other] = [await anActor(app, 'manager'), await anActor(app, 'manager')];
    return new StudyWorld(app, manager, other, await anActor(app, 'developer'), await anActor(app, 'auditor'));
  }

  /** @returns the path of a new study of the manager */
  async aStudy(given: object = {}): Promise<string> {
    const body = { ...STUDY, sponsor_protocol_identifier: `CT-${++count}-X`, ...given };
    return `/api/studies/${(await this.created('/api/studies', body)).id}`;
  }

  /** @throws where the record is refused */
  async created(path: string, body: object, who = this.manager): Promise<{ id: number; stage?: string }> {
    const answer = await as(who).post(path, body);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.body as { id: number; stage?: string };
  }
}
