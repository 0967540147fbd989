-- Which events belong together: the id of the first event of the command that caused them, all that it cascaded
-- included. Null: from before this column. A command's events are taken back as one (ruling 12).
ALTER TABLE events ADD COLUMN command INTEGER;
