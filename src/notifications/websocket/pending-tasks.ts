import { type TaskFrame } from './task-stream.service.js';

/** Tasks with a change that is not written yet; for more, reading them again costs the client less. */
const MAX_PENDING = 5000;

/**
 * Frames of tasks that wait for a connection, at most one per task: a newer change replaces an older one, so that a bulk
 * change or a slow reader takes bounded memory.
 */
export class PendingTasks {
  private readonly frames = new Map<number, TaskFrame>();

  /** @returns false where too many tasks wait */
  add(frame: TaskFrame): boolean {
    const earlier = this.frames.get(frame.task_id);
    this.frames.set(frame.task_id, earlier ? merged(earlier, frame) : frame);
    return this.frames.size <= MAX_PENDING;
  }

  /** Removes and returns the frame that waits longest. */
  shift(): TaskFrame | undefined {
    const [first] = this.frames.values();
    if (first) this.frames.delete(first.task_id);
    return first;
  }

  clear(): void {
    this.frames.clear();
  }
}

/** A task that the client does not know yet stays `created` when it is updated before that is written. */
function merged(earlier: TaskFrame, later: TaskFrame): TaskFrame {
  return earlier.change === 'created' && later.change === 'updated' ? { ...later, change: 'created' } : later;
}
