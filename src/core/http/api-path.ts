const API_PATH = /^\/api(?:[/?]|$)/;

/** True for a canonical URL of the API; others are for operators and browsers. */
export const isApiPath = (url: string): boolean => API_PATH.test(url);
