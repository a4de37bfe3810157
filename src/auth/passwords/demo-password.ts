/** Password of the demo accounts. It is public, so production rejects it. */
export const DEMO_PASSWORD = 'trial-demo-2026';
