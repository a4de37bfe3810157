interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

interface LockEntry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

export function lockFaults(
  manifest: Manifest,
  lock: { readonly packages: Readonly<Record<string, LockEntry>> },
): string[];

export function advisories(report: object): string[] | undefined;
