DROP TABLE login_questions;
DROP TABLE login_failures;
