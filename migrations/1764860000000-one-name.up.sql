-- What names that differ by case alone have in common, also where a letter has several small forms or its small form is
-- several letters: "ΟΔΟΣ" and "οδος", "STRASSE" and "straße". Letters are given by number, so that a database of another
-- encoding, which has none of them, takes this too.
CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  key text;
BEGIN
  IF getdatabaseencoding() <> 'UTF8' THEN
    RETURN lower(name);
  END IF;
  key := translate(lower(normalize(name, NFKD)), chr(962) || chr(837) || chr(7838), chr(963) || chr(953) || chr(223));
  RETURN replace(replace(key, chr(223), 'ss'), chr(1415), chr(1381) || chr(1410));
END
$$;

-- Not unique: accounts that are there already stay, and registering looks and waits here.
CREATE INDEX users_name_key_idx ON users (name_key(username));
