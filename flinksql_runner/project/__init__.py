"""Project files: project.yml, profiles.yml, the folder of SQL, loaded into frozen values."""
