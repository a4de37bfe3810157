export interface Import {
  readonly from: string;
  readonly to: string;
}
export const FLOORS: readonly (readonly string[])[];
export function sourcesOf(folder: string): string[];
export function importsOf(folder: string): Import[];
export function roomOf(path: string): string;
export function floorOf(room: string): number;
export function upwards(imports: readonly Import[]): Import[];
export function circles(imports: readonly Import[]): string[];
