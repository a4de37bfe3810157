import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config } from '../core/config/config.js';
import { seedDemoData } from './demo-data.js';

/** Seeds the demo data without serving. @returns as `seedDemoData` */
export async function prepareDemo(config: Config, url: string): Promise<((url: string) => string) | undefined> {
  const module = await AppModule.for(config, url);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    return await seedDemoData(app);
  } finally {
    await app.close();
  }
}
