/**
 * Journal of requests and answers. `acknowledged` has to be there, `refused` must not be there, and `unknown`
 * (the connection broke, or 503 `outcome_unknown`) may be there or not.
 */
export class Journal {
  writes = [];
  /** Tasks as their owner last saw them. */
  tasks = new Map();
  reads = 0;
  /** Answers by status and code. */
  answers = new Map();
  /** 5xx other than a 503 with `Retry-After`, answers that never came, and sessions that were refused. */
  unexpected = [];
  #count = 0;

  constructor(seed) {
    this.prefix = `f${seed}`;
  }

  /** An id by which the audit trail has the request. */
  nextId() {
    return `${this.prefix}-${++this.#count}`;
  }

  /** Records an answer of any request. @returns its outcome */
  record(what, answer) {
    const { status, body, headers, broken, hung } = answer;
    const key = broken ? `broken: ${broken}` : `${status}${body?.code ? ` ${body.code}` : ''}`;
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
    if (hung) this.unexpected.push(`${what}: no answer after ${Math.round(answer.ms / 1000)} s`);
    if (broken === 'ECONNREFUSED') return 'refused';
    if (broken) return 'unknown';
    const announced = status === 503 && Number(headers['retry-after']) > 0;
    if ((status >= 500 && !announced) || status === 401)
      this.unexpected.push(`${what}: ${status} ${answer.text.slice(0, 300)}`);
    if (status < 400) return 'acknowledged';
    return body?.code === 'outcome_unknown' || status === 500 ? 'unknown' : 'refused';
  }

  /** @param write with id, kind, taskIds, outcome and, where acknowledged, the number of audit entries that it must have */
  add(write) {
    this.writes.push(write);
  }

  count(outcome) {
    return this.writes.filter((write) => write.outcome === outcome).length;
  }

  /** State that `restore` goes back to. */
  copy() {
    return { writes: this.writes.length, tasks: structuredClone([...this.tasks]) };
  }

  /** Forgets what came after a copy, for the database does so too. @returns the writes that are gone */
  restore({ writes, tasks }) {
    this.tasks = new Map(structuredClone(tasks));
    return this.writes.splice(writes);
  }
}
