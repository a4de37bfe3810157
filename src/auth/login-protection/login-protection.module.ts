import { Module } from '@nestjs/common';
import { KnownDevicesRepository } from './known-devices.repository.js';
import { LoginFailures } from './login-failures.repository.js';
import { LoginThrottle } from './login-throttle.service.js';

/** Logins under attack: who is suspected. How they prove themselves is the seam `CaptchaProvider`. */
@Module({ providers: [LoginThrottle, LoginFailures, KnownDevicesRepository], exports: [LoginThrottle] })
export class LoginProtectionModule {}
