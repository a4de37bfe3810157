import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config } from '../config/config.js';
import { Demo } from './demo.js';

/** Fills an empty installation without serving it. @returns as `Demo.prepare` */
export async function prepareDemo(config: Config, url: string): Promise<((url: string) => string) | undefined> {
  const module = await AppModule.for(config, url);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    return await app.get(Demo, { strict: false }).prepare();
  } finally {
    await app.close();
  }
}
