/** State of a running server according to postmaster.pid. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Returns the lock file of a server's folder. */
export function lockOf(home: string): string;

/** Runs `work` while no other process starts, joins or stops the server of a folder. */
export function withServerLock<T>(home: string, work: () => Promise<T>): Promise<T>;

/** Registers that this process needs the server. Call under the lock. @returns the file of the lease */
export function acquireLease(home: string): string;

/** Removes a lease and those of dead processes. Call under the lock. @returns true where a lease is left */
export function releaseLease(home: string, holder: string): boolean;

/**
 * True for the server's command line, separated by NUL or spaces, but not for those of its helpers, which call
 * themselves "postgres: …".
 */
export function isPostgres(command: string): boolean;

/** Returns the server that runs on the cluster, also while it starts or stops. */
export function runningServer(cluster: string): Running | undefined;

/**
 * Stops the server by a fast shutdown, which rolls back open transactions; after a timeout by an immediate one.
 * Nothing committed is lost.
 */
export function stopServer(cluster: string): Promise<void>;

/** Reads a file; empty where it cannot be read. */
export function read(file: string): string;
