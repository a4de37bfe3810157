DROP INDEX user_sessions_device_idx;
DROP TABLE password_reset_tokens;
DROP INDEX email_verification_tokens_email_idx;
ALTER TABLE email_verification_tokens DROP COLUMN resent;
ALTER TABLE email_verification_tokens DROP COLUMN token_salt;
