/** Returns the code within a USUBJID, which begins with the identifier of the study; the whole of one that does not. */
export const participantCodeOf = (usubjid: string, studyId: string): string =>
  usubjid.startsWith(`${studyId}-`) ? usubjid.slice(studyId.length + 1) : usubjid;

/**
 * Returns the site whose number begins a code, such as `104` that of `104-007`; the longest, where several do.
 *
 * @param numbers of the sites of the study
 */
export function siteNumberIn(code: string, numbers: Iterable<string>): string | undefined {
  const matching = [...numbers].filter((number) => code.startsWith(`${number}-`));
  return matching.sort((a, b) => b.length - a.length)[0];
}
