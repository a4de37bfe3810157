/**
 * Identifies a process as "pid start-time"; undefined if it is gone. The pid alone is not enough: pids recur, after a
 * reboot or in every restart of a container, and a zombie answers to signals but holds nothing.
 */
export function processIdentity(pid: number): string | undefined;

/** Returns the command line of a process, separated by NUL or spaces; empty if it is gone. */
export function commandLine(pid: number): string;

/**
 * Runs `work` while no other process runs its own under the same lock file. Waits while the owner of the lock is
 * alive: it may be replaying the log of a crash.
 *
 * @param onWait called once where another process holds the lock
 */
export function withLock<T>(lock: string, work: () => Promise<T>, onWait?: () => void): Promise<T>;

/** True for a lock or lease of a process that is gone; false where the file does not exist. */
export function isStale(file: string): boolean;
