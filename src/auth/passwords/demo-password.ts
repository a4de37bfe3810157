/** Of the demo accounts. It is public, so production lets nobody in by it. */
export const DEMO_PASSWORD = 'trial-demo-2026';
