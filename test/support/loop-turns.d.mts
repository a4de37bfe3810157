export function watchTurns(): { longest(): number; end(): void };
