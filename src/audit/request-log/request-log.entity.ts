import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/**
 * One request of the API, or a group of denied ones, with masked bodies. `RequestLog` alone inserts it; partitioned by
 * month.
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

  /** Part of the key, as PostgreSQL demands of partition columns. */
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

  /** The handler, such as `TasksController.update`; null where the request reached none. */
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

  /** The server's own id of a request to which the client gave one. */
  @Column({ type: 'uuid', name: 'server_request_id', nullable: true })
  serverRequestId: string | null;

  @Column({ type: 'jsonb', nullable: true })
  query: unknown;

  @Column({ type: 'jsonb', name: 'request_body', nullable: true })
  requestBody: unknown;

  @Column({ type: 'jsonb', name: 'response_body', nullable: true })
  responseBody: unknown;

  /** Number of requests in the group. */
  @Column({ type: 'integer', name: 'request_count', default: 1 })
  requestCount: number;

  /** Bytes omitted since the user or address had used up its hourly budget. */
  @Column({ type: 'integer', name: 'omitted_bytes', default: 0 })
  omittedBytes: number;
}
