import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/**
 * One request of the API, or several denied ones alike, with what may be shown of its body. Inserted by `RequestLog` alone;
 * partitioned by the month of its time.
 */
@Entity('api_audit_logs')
@Index('api_audit_logs_timestamp_idx', ['timestamp', 'id'])
@Index('api_audit_logs_user_id_idx', ['userId', 'id'])
@Index('api_audit_logs_request_id_idx', ['requestId'])
@Index('api_audit_logs_server_request_id_idx', { synchronize: false })
@Index('api_audit_logs_path_idx', { synchronize: false })
export class LoggedRequest {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'api_audit_logs_pkey' })
  id: string;

  /** Part of the key, as PostgreSQL demands of what a table is partitioned by. */
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'api_audit_logs_pkey' })
  timestamp: Date;

  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId: number | null;

  @Column({ type: 'character varying', length: 150, nullable: true })
  username: string | null;

  @Column({ type: 'character varying', length: 16 })
  method: string;

  @Column({ type: 'text' })
  path: string;

  /** The handler that answered, such as `TasksController.update`; null where none was reached. */
  @Column({ type: 'character varying', length: 128, nullable: true })
  operation: string | null;

  @Column({ type: 'integer', name: 'status_code' })
  statusCode: number;

  @Column({ type: 'numeric', precision: 12, scale: 3, name: 'duration_ms' })
  durationMs: string;

  @Column({ type: 'character varying', length: 64, name: 'ip_address', nullable: true })
  ipAddress: string | null;

  @Column({ type: 'character varying', length: 512, name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column({ type: 'character varying', length: 128, name: 'request_id' })
  requestId: string;

  /** The server's own name of a request that the client named. */
  @Column({ type: 'uuid', name: 'server_request_id', nullable: true })
  serverRequestId: string | null;

  @Column({ type: 'jsonb', nullable: true })
  query: unknown;

  @Column({ type: 'jsonb', name: 'request_body', nullable: true })
  requestBody: unknown;

  @Column({ type: 'jsonb', name: 'response_body', nullable: true })
  responseBody: unknown;

  /** How many requests alike it stands for. */
  @Column({ type: 'integer', name: 'request_count', default: 1 })
  requestCount: number;

  /** How much was left out, beyond what one user or address may fill in an hour. */
  @Column({ type: 'integer', name: 'omitted_bytes', default: 0 })
  omittedBytes: number;
}
