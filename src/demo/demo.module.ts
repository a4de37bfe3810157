import { Module } from '@nestjs/common';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { TagsModule } from '../tags/tags.module.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { UsersModule } from '../users/users.module.js';
import { Demo } from './demo.js';

/** A small believable trial, for trying the product in development. */
@Module({ imports: [UsersModule, TasksModule, TagsModule, PasswordsModule], providers: [Demo] })
export class DemoModule {}
