export function publicFiles(root: string): string[];
export function exportsOf(file: string): { name: string; kind: string; sentence: string }[];
export function extensionApiDocument(root: string): string;
export function foreignImports(root: string, folder: string): string[];
