/** Extension of the API documents: who may call an operation, in words. */
export const WHO_EXTENSION = 'x-who';
/** Value of `WHO_EXTENSION` of public operations. */
export const ANYONE = 'anyone';
/** Marks operations that some role may call within its working hours only; it does not stay in the API documents. */
export const HELD_TO_WORKING_HOURS = 'x-held-to-working-hours';
