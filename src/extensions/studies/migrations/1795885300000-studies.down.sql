DROP TABLE study_task_links;
DROP TABLE study_trainings;
DROP TABLE protocol_deviations;
DROP TABLE monitoring_visits;
DROP TABLE study_milestones;
DROP TABLE study_members;
DROP TABLE study_sites;
DROP TABLE studies;
