const OF_API = /^\/api(?:[/?]|$)/;

/** Whether an address, in the one way that the server writes it, is of the API; others are for operators and browsers. */
export const isApiPath = (url: string): boolean => OF_API.test(url);
