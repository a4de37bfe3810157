import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Crate, CrateLabel } from './crate.entity.js';

@Module({ imports: [TypeOrmModule.forFeature([Crate, CrateLabel])] })
export class CratesModule {}
