import { Module } from '@nestjs/common';
import { KnownDevicesRepository } from './known-devices.repository.js';
import { LoginFailures } from './login-failures.repository.js';
import { LoginThrottle } from './login-throttle.service.js';
import { DeniedLogins } from './denied-logins.service.js';

/** Protects passwords from guessing; the extension point `CaptchaProvider` decides what a suspect has to answer. */
@Module({
  providers: [LoginThrottle, LoginFailures, KnownDevicesRepository, DeniedLogins],
  exports: [LoginThrottle, DeniedLogins],
})
export class LoginProtectionModule {}
