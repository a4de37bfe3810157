/** A page of docs that copies the README of an extension. */
export interface ExtensionPage {
  /** Relative to the root, such as `docs/studies.md`. */
  readonly page: string;
  /** Relative to the root, such as `src/extensions/studies/README.md`. */
  readonly source: string;
}

/** @returns the pages that say what they copy, also those whose source is gone */
export function extensionPages(root: string): ExtensionPage[];

/** @returns the text of a page as its source has it; undefined where the extension is not there */
export function extensionPageText(root: string, page: ExtensionPage): string | undefined;
