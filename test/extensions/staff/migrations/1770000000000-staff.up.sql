CREATE TABLE staff_rules (user_id integer NOT NULL, condition jsonb);
CREATE TABLE staff_users (user_id integer NOT NULL, unit_id integer, site_name text, is_closed boolean);
CREATE INDEX staff_users_user_idx ON staff_users (user_id);
