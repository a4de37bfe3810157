/**
 * Longer runs of combining marks are in no language: the Stream-Safe Text Format (UAX #15-D4) allows 30. The two half-width
 * sound marks are letters by category, but become combining marks under NFKC. The look behind has a run counted from its start
 * alone: counted from each of its marks, 1 MiB of runs of 30 holds the event loop for 100 ms instead of 11.
 */
const UNSAFE_RUN = /(?<![\p{M}\uff9e\uff9f])[\p{M}\uff9e\uff9f]{31}/u;

/** True for a text without a run of combining marks that is longer than any language needs. */
export const isStreamSafe = (text: string): boolean => !UNSAFE_RUN.test(text);

/**
 * Normalizes a text in linear time. Normalization sorts each run of combining marks, in quadratic time: 400 kB of them hold
 * the event loop for 18 s. A text with such a run is returned as it is, for a validator to reject.
 */
export function normalizeText(text: string, form: 'NFC' | 'NFD' | 'NFKC'): string {
  return isStreamSafe(text) ? text.normalize(form) : text;
}
