import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findBinaries, identity, type ServerUser } from './embedded-binaries.js';

const SHARED = '/var/lib/ctms';

/** Folders of a server and the user that runs it. */
export interface EmbeddedLayout {
  /** Contains the cluster, its password, log, port, lock and leases. */
  readonly home: string;
  readonly cluster: string;
  readonly binaries: string;
  /** Undefined: the user of this process. */
  readonly user: ServerUser | undefined;
}

/**
 * Creates the folder of the server and finds its binaries. PostgreSQL refuses to run as root; then another user runs
 * it, who must own the data and reach both. Where that user cannot reach the folder, as in root's own home, the data
 * is stored below /var/lib/ctms instead.
 *
 * @throws Error with instructions, if the folder belongs to another user
 */
export function prepareLayout(dataDir: string, log: (line: string) => void): EmbeddedLayout {
  const requested = resolve(dataDir);
  const layout = process.getuid?.() === 0 ? layoutForRoot(requested, log) : layoutForUser(requested);
  fs.mkdirSync(join(layout.home, 'holders'), { recursive: true });
  if (layout.user) giveAll(layout.home, layout.user);
  return layout;
}

function layoutForUser(requested: string): EmbeddedLayout {
  try {
    fs.mkdirSync(requested, { recursive: true, mode: 0o700 });
    fs.accessSync(requested, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw isRefusal(error) ? refused(requested, (error as Error).message) : error;
  }
  const home = fs.realpathSync(requested);
  const cluster = fs.statSync(clusterOf(home), { throwIfNoEntry: false });
  if (cluster && cluster.uid !== process.getuid?.()) throw refused(requested, 'the data in it is owned by another one');
  return { home, cluster: clusterOf(home), binaries: findBinaries(home, undefined), user: undefined };
}

function refused(requested: string, reason: string): Error {
  return new Error(
    `The database folder ${requested} is closed to this user: ${reason}. If it was made when the product was started as ` +
      `another user, root for instance, start it as that one again, or stop it and hand the folder over ` +
      `("sudo chown -R <user> <folder>"). Or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

function layoutForRoot(requested: string, log: (line: string) => void): EmbeddedLayout {
  const user = ownerOf(requested) ?? userNamed('postgres') ?? userNamed('nobody');
  if (!user) throw new Error('PostgreSQL cannot run as root and there is no user "postgres" or "nobody" to run it.');
  const home = homeFor(requested, user);
  if (home !== requested && home !== fs.realpathSync(nearest(requested))) {
    log(`PostgreSQL runs as user ${user.name}, who cannot use ${requested}: its data is in ${home}`);
  }
  return { home, cluster: clusterOf(home), binaries: findBinaries(SHARED, user), user };
}

/** Chooses the folder; existing data stays where it is, even when the permissions above it changed. */
function homeFor(requested: string, user: ServerUser): string {
  const moved = join(SHARED, createHash('sha256').update(requested).digest('hex').slice(0, 12));
  if (!fs.existsSync(clusterOf(moved)) && canHold(requested, user)) return fs.realpathSync(requested);
  if (fs.existsSync(clusterOf(requested))) {
    throw new Error(
      `The database in ${requested} is out of reach for user ${user.name}, who runs PostgreSQL in layout of root: ` +
        `make every folder above it passable ("chmod o+x"), or start the product as the folder's owner.`,
    );
  }
  fs.mkdirSync(SHARED, { recursive: true });
  fs.chmodSync(SHARED, 0o755);
  fs.mkdirSync(moved, { recursive: true });
  return moved;
}

function canHold(folder: string, user: ServerUser): boolean {
  const passable = (path: string): boolean =>
    spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', path], { cwd: '/', ...identity(user) }).status === 0;
  try {
    if (!passable(nearest(dirname(folder)))) return false;
    fs.mkdirSync(folder, { recursive: true });
    fs.chownSync(folder, user.uid, user.gid);
    return passable(folder);
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** Returns the folder, or its closest ancestor that exists. */
function nearest(folder: string): string {
  return fs.existsSync(folder) ? folder : nearest(dirname(folder));
}

const clusterOf = (home: string): string => join(home, 'cluster');

function isRefusal(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Returns the non-root owner of a folder: data stays with its user, so that a command run by root does not lock the
 * owner out.
 */
function ownerOf(folder: string): ServerUser | undefined {
  const uid = fs.statSync(folder, { throwIfNoEntry: false })?.uid ?? 0;
  return uid === 0 ? undefined : findUser((user) => user.uid === uid);
}

const userNamed = (name: string): ServerUser | undefined => findUser((user) => user.name === name && user.uid > 0);

function findUser(fits: (user: ServerUser) => boolean): ServerUser | undefined {
  return fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .find(fits);
}

function giveAll(home: string, user: ServerUser): void {
  const paths = [home, join(home, 'holders'), join(home, 'password'), join(home, 'server.log')];
  for (const path of paths) if (fs.existsSync(path)) fs.lchownSync(path, user.uid, user.gid);
  fs.chmodSync(home, 0o700);
  const cluster = clusterOf(home);
  if (fs.existsSync(cluster) && fs.statSync(cluster).uid !== user.uid) giveTree(cluster, user);
}

function giveTree(path: string, user: ServerUser): void {
  fs.lchownSync(path, user.uid, user.gid);
  if (!fs.lstatSync(path).isDirectory()) return;
  for (const name of fs.readdirSync(path)) giveTree(join(path, name), user);
}
