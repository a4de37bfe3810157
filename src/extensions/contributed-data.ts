import { type DemoData } from './demo-contribution.js';
import { type SampleData } from './sample-contribution.js';

/** Data of one extension, by the name of its folder. */
export interface Contribution {
  readonly extension: string;
  readonly demoData?: DemoData | undefined;
  readonly sampleData?: SampleData | undefined;
}

/** Demo and sample data that extensions contribute. */
export class ContributedData {
  constructor(readonly contributions: readonly Contribution[]) {}
}
