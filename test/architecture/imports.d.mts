export interface Import {
  readonly from: string;
  readonly to: string;
}
export const FLOORS: readonly (readonly string[])[];
/** The loads of a file: files, packages, and names that only running the code would tell. */
export interface Loads {
  readonly imports: Import[];
  readonly packages: string[];
  readonly computed: string[];
}
export function filesOf(folder: string): string[];
export function sourcesOf(folder: string): string[];
export function importsIn(from: string, source: string, files: ReadonlySet<string>): Loads;
export function readImports(folder: string, paths: readonly string[]): (Loads & { readonly path: string })[];
export function importsOf(folder: string): Import[];
export function roomOf(path: string): string;
export function floorOf(room: string): number;
export function upwards(imports: readonly Import[]): Import[];
export function circles(imports: readonly Import[]): string[];
