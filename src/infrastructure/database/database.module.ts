import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../../core/config/config.js';
import { dataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { PgNotifyBus } from './pg-notify.js';
import { Tracing } from '../tracing/tracing.js';
import { RecordsQueries } from './records.queries.js';

/** Provides the connection to every module. Entities come from the modules that own them (`forFeature`). */
@Global()
@Module({})
export class DatabaseModule {
  static at(url: string): DynamicModule {
    const typeorm = TypeOrmModule.forRootAsync({
      inject: [Config, Tracing],
      useFactory: (config: Config, { clientClass }: Tracing) => ({
        ...dataSourceOptions(config, url, clientClass),
        autoLoadEntities: true,
        retryAttempts: 0,
      }),
    });
    return {
      module: DatabaseModule,
      imports: [typeorm],
      providers: [Database, RecordsQueries, PgNotifyBus],
      exports: [Database, RecordsQueries, PgNotifyBus],
    };
  }
}
