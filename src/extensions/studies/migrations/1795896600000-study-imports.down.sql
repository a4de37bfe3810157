DROP TABLE study_import_sites;
DROP TABLE study_import_sources;
DROP TABLE study_imports;
