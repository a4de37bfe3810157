import { Module } from '@nestjs/common';
import { KnownDevicesRepository } from './known-devices.repository.js';
import { LoginFailures } from './login-failures.js';
import { LoginGate } from './login-gate.js';

/** Logins under attack: who is suspected. How they prove themselves is the seam `LoginChallenge`. */
@Module({ providers: [LoginGate, LoginFailures, KnownDevicesRepository], exports: [LoginGate] })
export class LoginGateModule {}
