import { Module } from '@nestjs/common';
import { NewPasswords } from './new-passwords.service.js';
import { PasswordHasher } from './password-hasher.service.js';

@Module({ providers: [PasswordHasher, NewPasswords], exports: [PasswordHasher, NewPasswords] })
export class PasswordsModule {}
