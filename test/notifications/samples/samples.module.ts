import { Module } from '@nestjs/common';
import sql from 'sql-template-tag';
import { quotedText } from '../../../src/core/quoted-text.js';
import { notificationKind } from '../../../src/notifications/notification-kinds.sql.js';
import { NotificationsModule } from '../../../src/notifications/notifications.module.js';

/** Each sample has its readers, in a table that the spec makes. */
export const sampleSpoiled = notificationKind<{ label: string }>({
  type: 'sample_spoiled',
  message: ({ label }) => `The sample ${quotedText(label)} is spoiled`,
  visible: ({ userId, recordId, now }) =>
    sql`EXISTS (SELECT FROM sample_readers r WHERE r.sample_id = ${recordId} AND r.user_id = ${userId} AND r.until > ${now})`,
});

export const notificationKinds = [sampleSpoiled];

@Module({ imports: [NotificationsModule] })
export class SamplesModule {}
